"""The browser's fixtures see what they promise to see."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.browser import DESK, LOOKS, PHONE, TABLET, Look, Visitors, assert_accessible, assert_fits
from tests.browser.fixtures import chromium_path
from tests.fakes.media_site import MediaSite

STRICT = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
GOOD = """<!doctype html><html lang="en"><head><title>Good</title><meta name="viewport" content="width=device-width">
</head><body><main><h1>Good</h1><button>Press</button></main></body></html>"""

Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Puts a page on a local server and returns its address."""
    pages: dict[str, tuple[str, str]] = {}

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            html, policy = pages.get(self.path, ("", STRICT))
            self.send_response(200 if html else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()

    def put(html: str, policy: str = STRICT) -> str:
        path = f"/{len(pages)}"
        pages[path] = (html, policy)
        return f"http://127.0.0.1:{server.server_port}{path}"

    yield put
    server.shutdown()
    server.server_close()
    thread.join()


async def test_a_good_page_is_no_problem(visitors: Visitors, serve: Serve) -> None:
    page = await visitors.page()
    await page.goto(serve(GOOD))

    assert visitors.problems == []


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_a_look_is_what_the_page_sees(visitors: Visitors, serve: Serve, look: Look) -> None:
    page = await visitors.page(look)
    await page.goto(serve(GOOD))

    assert await page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]") == [
        look.width,
        look.dark,
    ]


async def test_the_widths_are_those_of_the_design() -> None:
    assert [look.width for look in (PHONE, TABLET, DESK)] == [390, 820, 1440]


async def test_motion_can_be_reduced(visitors: Visitors, serve: Serve) -> None:
    url = serve(GOOD)
    query = "matchMedia('(prefers-reduced-motion: reduce)').matches"
    for reduced in (True, False):
        page = await visitors.page(DESK.but(reduced_motion=reduced))
        await page.goto(url)
        assert await page.evaluate(query) is reduced


async def test_javascript_can_be_off(visitors: Visitors, serve: Serve) -> None:
    url = serve("<title>before</title><script>document.title = 'after'</script>", "script-src 'unsafe-inline'")
    for javascript, title in ((True, "after"), (False, "before")):
        page = await visitors.page(DESK.but(javascript=javascript))
        await page.goto(url)
        assert await page.title() == title


async def test_visitors_do_not_share_cookies(visitors: Visitors, serve: Serve) -> None:
    url = serve(GOOD)
    alice, bob = await visitors.page(), await visitors.page()
    await alice.goto(url)
    await alice.evaluate("document.cookie = 'who=alice'")
    await bob.goto(url)

    assert await bob.evaluate("document.cookie") == ""


@pytest.mark.parametrize(
    ("html", "word"),
    [
        ("<script>1</script>", "script-src"),
        ("<style>p { color: red }</style>", "style-src"),
        ("<p style='color: red'>x</p>", "style-src"),
        ("<iframe src='/elsewhere'></iframe>", "frame-src"),
    ],
)
@pytest.mark.parametrize("javascript", [True, False])
async def test_a_violation_of_the_policy_is_a_problem(
    visitors: Visitors, serve: Serve, html: str, word: str, javascript: bool
) -> None:
    page = await visitors.page(DESK.but(javascript=javascript))
    await page.goto(serve(html))

    await visitors.hear_out()
    if word == "script-src" and not javascript:
        assert visitors.problems == []  # nothing runs, nothing is refused
    else:
        assert any(word in problem for problem in visitors.problems)
    visitors.forgive(word)


async def test_the_event_a_report_and_the_console_tell_of_a_violation(visitors: Visitors, serve: Serve) -> None:
    page = await visitors.page()
    await page.goto(serve("<script>1</script>"))

    assert {problem.partition(":")[0] for problem in visitors.problems} == {"policy", "report", "console"}
    visitors.forgive("script-src")


async def test_what_a_page_says_last_is_still_heard(visitors: Visitors, serve: Serve) -> None:
    page = await visitors.page()
    await page.goto(
        serve(
            "<script>addEventListener('click', () => { document.body.append(Object.assign("
            "document.createElement('img'), {src: '/x'})) })</script>",
            "script-src 'unsafe-inline'; img-src 'none'",
        )
    )
    await page.mouse.click(5, 5)

    with pytest.raises(AssertionError, match="img-src"):
        await visitors.end()
    visitors.forgive("img-src")


async def test_an_uncaught_exception_is_a_problem(visitors: Visitors, serve: Serve) -> None:
    page = await visitors.page()
    await page.goto(serve("<script>nothing.here()</script>", "script-src 'unsafe-inline'"))

    assert [problem for problem in visitors.problems if "nothing is not defined" in problem]
    visitors.forgive("nothing is not defined")


@pytest.mark.parametrize("said", ["error", "warn"])
async def test_what_a_page_complains_of_on_the_console_is_a_problem(
    visitors: Visitors, serve: Serve, said: str
) -> None:
    page = await visitors.page()
    await page.goto(
        serve(f"<script>console.log('fine'); console.{said}('not fine')</script>", "script-src 'unsafe-inline'")
    )

    assert [problem.partition(" (")[0] for problem in visitors.problems] == ["console: not fine"]
    visitors.forgive("not fine")


async def test_what_is_not_there_is_a_problem(visitors: Visitors, serve: Serve) -> None:
    page = await visitors.page()
    await page.goto(serve("<img src='/gone.png'>"))

    assert [problem for problem in visitors.problems if "404" in problem and "/gone.png" in problem]
    visitors.forgive("/gone.png")


async def test_a_request_to_a_foreign_host_is_a_problem(visitors: Visitors, serve: Serve) -> None:
    page = await visitors.page()
    await page.goto(serve("<img src='http://example.invalid/x.png'>", "img-src *"), wait_until="commit")
    await page.wait_for_load_state()

    assert "foreign: http://example.invalid/x.png" in visitors.problems
    visitors.forgive("example.invalid")


async def test_problems_fail_the_test_when_it_ends(visitors: Visitors) -> None:
    visitors.problems.append("policy: something")
    with pytest.raises(AssertionError, match="policy: something"):
        await visitors.end()
    visitors.forgive("something")


async def test_an_accessible_page_passes(visitors: Visitors, serve: Serve) -> None:
    page = await visitors.page()
    await page.goto(serve(GOOD))

    await assert_accessible(page)
    await assert_accessible(page)


@pytest.mark.parametrize(
    ("flaw", "rule"),
    [
        ("<button></button>", "button-name"),
        ("<img src='data:,'>", "image-alt"),
        ("<input>", "label"),
        ("<div id='twice'></div><h3 id='twice'>h</h3>", "heading-order"),
    ],
)
async def test_a_flaw_is_named(visitors: Visitors, serve: Serve, flaw: str, rule: str) -> None:
    page = await visitors.page()
    await page.goto(serve(GOOD.replace("<button>Press</button>", flaw)))

    with pytest.raises(AssertionError, match=rule):
        await assert_accessible(page)
    await assert_accessible(page, without=["main > :not(h1)"])


async def test_what_sticks_out_is_named(visitors: Visitors, serve: Serve) -> None:
    page = await visitors.page(PHONE)
    await page.goto(serve(GOOD))
    await assert_fits(page)
    wide = GOOD.replace("<button>", "<button><svg width='500' height='5'></svg>")
    await page.goto(serve(wide))

    with pytest.raises(AssertionError, match=r"wider than 390 px:\n<button>"):
        await assert_fits(page)


async def test_chromium_plays_what_the_media_site_has(visitors: Visitors, serve: Serve, media_site: MediaSite) -> None:
    page = await visitors.page()
    url = media_site.url("/files/clip.mp4")
    await page.goto(serve(f"{GOOD}<video muted src='{url}'></video>", "media-src *"))
    await page.evaluate("document.querySelector('video').play()")

    await page.wait_for_function("document.querySelector('video').currentTime > 0.5")
    assert await page.evaluate("document.querySelector('video').duration") == pytest.approx(4, abs=0.1)


def test_a_missing_chromium_fails_in_ci_and_skips_elsewhere(tmp_path: object) -> None:
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        chromium_path({"CI": "true", "PATH": str(tmp_path)})
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium"):
        chromium_path({"PATH": str(tmp_path)})
    assert chromium_path({"MEDIANEST_CHROMIUM": "/opt/chromium"}) == "/opt/chromium"
