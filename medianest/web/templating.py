"""Templates to HTML, in a reader's language."""

from collections.abc import Mapping
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

from medianest.core.i18n import Catalogues, Message
from medianest.web.assets import TEMPLATES, Assets

if TYPE_CHECKING:
    from medianest.web.environment import Environments


class Templates:
    """Renders the files under `templates/` for a reader's language.

    In a template `t(id, name=value)` says a message of the catalogue, `say(message)` one that came with the view,
    `href(path)` is an address of ours and `static(path)` that of a static file.
    """

    def __init__(self, catalogues: Catalogues, *, base_path: str = "") -> None:
        self.assets = Assets(base_path=base_path)
        self._catalogues = catalogues
        self.base_path = base_path

    @cached_property
    def build(self) -> str:
        """One word for the state of everything that pages are made from, for their tags."""
        sources = b"".join(path.read_bytes() for path in sorted(TEMPLATES.rglob("*.html")))
        return sha256(sources).hexdigest()[:12] + self.assets.build

    def render(self, name: str, language: str, values: Mapping[str, object]) -> str:
        """The template `name` with `values`; an unknown value or message raises, here and not in the browser."""
        return self._environments.render(name, self._catalogues.of(language), values)

    def tell(self, message: Message, language: str) -> str:
        """A message whose values may themselves be messages."""
        return self._catalogues.of(language).say(message)

    def href(self, path: str) -> str:
        """The address of one of our own pages; the one place where a base path is put before it."""
        return f"{self.base_path}{path}"

    @cached_property
    def _environments(self) -> "Environments":
        from medianest.web.environment import Environments  # Jinja and Babel: heavy, and for who looks at a page

        return Environments({"href": self.href, "static": self.assets.address})
