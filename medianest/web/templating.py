"""Templates to HTML: one strict, escaping environment for each language; the only module that knows Jinja."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from medianest.core.i18n import Catalogue, Catalogues, Message
from medianest.web.assets import TEMPLATES, Assets
from medianest.web.formats import Formats


class Templates:
    """Renders the files under `templates/` for a reader's language.

    In a template `t(id, name=value)` says a message of the catalogue, `say(message)` one that came with the view,
    `href(path)` is an address of ours and `static(path)` that of a static file.
    """

    def __init__(self, catalogues: Catalogues, *, base_path: str = "") -> None:
        self.assets = Assets(base_path=base_path)
        self._catalogues = catalogues
        self.base_path = base_path
        self._compiled = _CompiledTemplates()
        self._environments: dict[str, Environment] = {}

    @property
    def build(self) -> str:
        """One word for the state of everything that pages are made from, for their tags."""
        sources = b"".join(path.read_bytes() for path in sorted(TEMPLATES.rglob("*.html")))
        return sha256(sources).hexdigest()[:12] + self.assets.build

    def render(self, name: str, language: str, values: Mapping[str, object]) -> str:
        """The template `name` with `values`; an unknown value or message raises, here and not in the browser."""
        return self._environment(language).get_template(name).render(values)

    def tell(self, message: Message, language: str) -> str:
        """A message whose values may themselves be messages."""
        return self._catalogues.of(language).say(message)

    def href(self, path: str) -> str:
        """The address of one of our own pages; the one place where a base path is put before it."""
        return f"{self.base_path}{path}"

    def _environment(self, language: str) -> Environment:
        catalogue = self._catalogues.of(language)
        known = self._environments.get(catalogue.language)
        return known or self._environments.setdefault(catalogue.language, self._new_environment(catalogue))

    def _new_environment(self, catalogue: Catalogue) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=self._compiled,
        )
        environment.globals = {
            "t": catalogue.text,
            "say": catalogue.say,
            "href": self.href,
            "static": self.assets.address,
        }
        formats = Formats(catalogue)
        environment.filters.update(
            number=formats.number,
            percent=formats.percent,
            size=formats.size,
            speed=formats.speed,
            duration=formats.duration,
            clock=formats.clock,
            time=formats.time,
            datetime=formats.datetime,
        )
        return environment


class _CompiledTemplates(BytecodeCache):
    """Keeps what was compiled for one language for the others."""

    def __init__(self) -> None:
        self._code: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key] = bucket.code
