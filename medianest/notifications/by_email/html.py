"""A letter as HTML: for mail programs, which know neither our style sheets nor scripts, so that styles stand inside."""

from collections.abc import Iterator
from html import escape

from medianest.core.i18n import direction
from medianest.notifications.by_email.text import Parting
from medianest.notifications.types import Outgoing, Section

_PAPER = "margin:0;padding:24px 12px;background:#f2f2f5;color:#1c1c22;font:16px/1.5 system-ui,sans-serif"
_CARD = "max-width:560px;margin:0 auto;padding:28px;background:#ffffff;border-radius:14px"
_BUTTON = (
    "display:inline-block;margin:6px 0;padding:11px 20px;border-radius:10px;"
    "background:#1c1c22;color:#ffffff;font-weight:600;text-decoration:none"
)
_SMALL = "margin:16px auto 0;max-width:560px;font-size:13px;color:#5b5b66"


def page(message: Outgoing, parting: Parting) -> str:
    """The whole document. Everything that comes from outside is text in it, and nothing else."""
    language, way = escape(message.language), direction(message.language)
    return (
        f'<!doctype html>\n<html lang="{language}" dir="{way}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(message.title)}</title></head>\n"
        f'<body style="{_PAPER}">\n<div style="{_CARD}">\n{_joined(_content(message, parting))}\n</div>\n'
        f'<div style="{_SMALL}">\n{_joined(_around(message, parting))}\n</div>\n</body>\n</html>\n'
    )


def _content(message: Outgoing, parting: Parting) -> Iterator[str]:
    yield f'<h1 dir="auto" style="margin:0 0 12px;font-size:20px;line-height:1.3">{escape(message.title)}</h1>'
    for line in message.body.splitlines():
        yield f'<p dir="auto" style="margin:0 0 12px">{escape(line)}</p>'
    for section in message.sections:
        yield from _section(section)
    for act in message.acts:
        yield _button(act.label, act.url)
    if message.url:
        yield _button(parting.open, message.url)


def _section(section: Section) -> Iterator[str]:
    yield f'<h2 style="margin:18px 0 6px;font-size:16px">{escape(section.title)}</h2>'
    lines = "".join(f'<li dir="auto">{escape(line)}</li>' for line in section.lines)
    yield f'<ul style="margin:0 0 6px;padding-inline-start:20px">{lines}</ul>'
    if section.more:
        yield f'<p style="margin:0 0 12px;color:#5b5b66">{escape(section.more)}</p>'


def _around(message: Outgoing, parting: Parting) -> Iterator[str]:
    if parting.why:
        yield f"<p>{escape(parting.why)}</p>"
    if parting.choose_url:
        yield f"<p>{_link(parting.choose, parting.choose_url)}</p>"
    if message.leave_url:
        yield f"<p>{_link(parting.leave, message.leave_url)}</p>"


def _button(label: str, url: str) -> str:
    return f'<p style="margin:0 0 6px"><a href="{escape(url)}" style="{_BUTTON}">{escape(label)}</a></p>'


def _link(label: str, url: str) -> str:
    return f'<a href="{escape(url)}" style="color:#5b5b66">{escape(label)}</a>'


def _joined(parts: Iterator[str]) -> str:
    return "\n".join(parts)
