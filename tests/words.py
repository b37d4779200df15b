"""Finds words that reach people without being messages of the catalogue: in templates, style, script and Python."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from jinja2 import Environment, nodes

SPOKEN = {
    "alt", "aria-description", "aria-label", "aria-placeholder", "aria-roledescription", "aria-valuetext", "data-done",
    "data-label", "label", "placeholder", "summary", "title",
}  # fmt: skip
BUTTONS = {"submit", "button", "reset"}
NAMES = {"openapi.json"}
FAULTS = {"RuntimeError", "ValueError", "TypeError", "OSError", "text", "re.compile"}
DOCUMENTED = ("counter", "gauge_of", "histogram", "CounterMetricFamily", "GaugeMetricFamily")
LETTERS = re.compile(r"[^\W\d_]")
PROSE = re.compile(r"[^\W\d_]{2,}[,:]? [^\W\d_]{2,}|^[A-Z][a-z]+[.!?…]?$")
_FIRST_PLACE = 0xE000
_NOT_SHOWN = (nodes.Call, nodes.Test, nodes.Compare, nodes.Getattr, nodes.Getitem)


def in_template(source: str) -> list[str]:
    """The words that a template says by itself, be it in its text, in an attribute or through an expression."""
    template = Environment(extensions=[]).parse(source)
    page = _Page()
    page.feed("".join(_markup(template, page.expressions)))
    page.close()
    return page.found + [word for node in template.find_all(_HANDING_ON) for word in _handed_on(node)]


def _markup(node: nodes.Node, expressions: list[nodes.Expr]) -> Iterator[str]:
    """The template's markup in order, each branch after the other, with a character of its own for each expression."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.TemplateData):
            yield child.data
        elif isinstance(child, nodes.Output | nodes.Stmt):
            yield from _markup(child, expressions)
        elif isinstance(node, nodes.Output) and isinstance(child, nodes.Expr):
            expressions.append(child)
            yield chr(_FIRST_PLACE + len(expressions) - 1)


class _Page(HTMLParser):
    """Collects what is said: text, and attributes that are read out or shown."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions: list[nodes.Expr] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name, value in attrs:
            is_button = name == "value" and tag == "input" and given.get("type") in BUTTONS
            is_description = name == "content" and tag == "meta" and given.get("name") == "description"
            if name in SPOKEN or is_button or is_description:
                self._look_at(value or "")

    def handle_data(self, data: str) -> None:
        self._look_at(data)

    def _look_at(self, said: str) -> None:
        self.found += _words(re.sub(r"[\ue000-\uf8ff]", " ", said))
        for place in re.findall(r"[\ue000-\uf8ff]", said):
            for shown in _shown(self.expressions[ord(place) - _FIRST_PLACE]):
                self.found += _words(shown)


def _words(text: str) -> list[str]:
    return [] if not LETTERS.search(text) or text.strip() in NAMES else [" ".join(text.split())]


def _shown(expression: nodes.Node) -> Iterator[str]:
    """The literals that an expression may put on the page; what is asked, compared or called is not shown."""
    if isinstance(expression, nodes.Const):
        if isinstance(expression.value, str):
            yield expression.value
    elif isinstance(expression, nodes.CondExpr):
        yield from _shown(expression.expr1)
        if expression.expr2 is not None:
            yield from _shown(expression.expr2)
    elif not isinstance(expression, _NOT_SHOWN):
        for child in expression.iter_child_nodes():
            yield from _shown(child)


_HANDING_ON = (nodes.Call, nodes.Assign, nodes.With, nodes.Macro, nodes.For)


def _handed_on(node: nodes.Node) -> Iterator[str]:
    """Prose among what a template hands to a macro, or keeps under a name."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Stmt | nodes.TemplateData | nodes.Output):
            continue
        for literal in [child, *child.find_all(nodes.Const)] if not isinstance(child, nodes.Call) else []:
            if isinstance(literal, nodes.Const) and isinstance(literal.value, str) and PROSE.search(literal.value):
                yield literal.value


def in_style(source: str) -> list[str]:
    """Words that a style sheet puts on the page."""
    said = re.findall(r"""content:\s*(["'])(.*?)\1""", source)
    return [text for _, text in said if LETTERS.search(re.sub(r"\\[0-9a-f]{1,6} ?", "", text))]


def in_script(source: str) -> list[str]:
    """Sentences among the strings of a script."""
    code = re.sub(r"(^|\s)//.*$", "", source, flags=re.MULTILINE)
    said = re.findall(r"""(["'`])((?:\\.|(?!\1).)*)\1""", code)
    return [text for _, text in said if re.match(r"[A-Z][a-z]+ [a-z]", text)]


def in_python(source: str) -> list[str]:
    """Prose among the strings of a module that is no docstring, and goes neither to the log nor to a programmer."""
    tree = ast.parse(source)
    private = {id(part) for node in ast.walk(tree) if _is_private(node) for part in ast.walk(node)}
    literals = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    said = [node.value for node in literals if id(node) not in private]
    return [text for text in said if re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}|^[A-Z][a-z]+ [a-z]{2,}", text)]


def messages_in_python(source: str) -> set[str]:
    """The messages that a module names."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args]
    named = [node.args[0] for node in calls if ast.unparse(node.func).rpartition(".")[2] == "msg"]
    return {node.value for node in named if isinstance(node, ast.Constant)}


def _is_private(node: ast.AST) -> bool:
    """A docstring, or any other sentence that stands by itself; what is logged, raised as a fault, or documents."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.keyword):
        return node.arg == "description"
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    return called.startswith("log.") or called in FAULTS or called.endswith(DOCUMENTED)
