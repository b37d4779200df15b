"""The page of app.plex.tv: it reads a PIN from its address, asks who it is, and sends the browser back."""

import html
from collections.abc import Iterable

from tests.fakes.plex.people import Person

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Plex</title></head><body><h1>Sign in to continue to <span id="product">Plex</span></h1>
<p id="said" role="status"></p>
{buttons}
<p><button type="button" data-person="">Not now</button></p>
<script>
const told = new URLSearchParams(location.hash.replace(/^#[!/]*\\?/, ""));
const said = text => {{ document.getElementById("said").textContent = text; }};
document.getElementById("product").textContent = told.get("context[device][product]") || "Plex";
function leave() {{
  const there = told.get("forwardUrl") || "";
  if (/^https?:/.test(there)) location.href = there; else said("You may close this window.");
}}
async function claim(person) {{
  const wish = {{ code: told.get("code"), client: told.get("clientID"), person: Number(person) }};
  const answer = await fetch("/_/approve", {{ method: "POST", body: JSON.stringify(wish) }});
  if (answer.ok) leave(); else said("This link has expired.");
}}
document.querySelectorAll("button").forEach(button => button.addEventListener("click",
  () => button.dataset.person ? claim(button.dataset.person) : leave()));
</script></body></html>"""


def page(people: Iterable[Person]) -> str:
    """A button for each account; people of a home who are managed have none of their own here."""
    buttons = (
        f'<p><button type="button" data-person="{person.id}">{html.escape(person.title)}</button></p>'
        for person in people
        if not person.managed
    )
    return _PAGE.format(buttons="\n".join(buttons))
