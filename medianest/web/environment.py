"""How templates are read: one strict, escaping environment for each language; the only module that knows Jinja."""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from medianest.core.i18n import Catalogue
from medianest.web.assets import TEMPLATES
from medianest.web.formats import Formats


class Environments:
    """Those of all languages; `said` is what a template may call besides `t` and `say`."""

    def __init__(self, said: Mapping[str, Callable[..., str]]) -> None:
        self._said = said
        self._compiled = _CompiledTemplates()
        self._all: dict[str, Environment] = {}

    def render(self, name: str, catalogue: Catalogue, values: Mapping[str, object]) -> str:
        environment = self._all.get(catalogue.language)
        if environment is None:
            environment = self._all[catalogue.language] = self._made(catalogue)
        return environment.get_template(name).render(values)

    def _made(self, catalogue: Catalogue) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=self._compiled,
        )
        environment.globals = {"t": catalogue.text, "say": catalogue.say, **self._said}
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
