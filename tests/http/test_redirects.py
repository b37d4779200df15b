"""Where a person goes after signing in: only to places of ours."""

import pytest

from medianest.http.redirects import internal_path


@pytest.mark.parametrize("path", ["/", "/queue", "/downloads/ab12?x=1&y=2#part", "/a//b", "/%2f%2fevil", "/@evil"])
def test_a_path_of_ours_is_kept(path: str) -> None:
    assert internal_path(path) == path


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "queue",
        "//evil",
        "///evil",
        "/\\evil",
        "\\\\evil",
        "https:evil",
        "https://evil",
        "javascript:alert(1)",
        "data:text/html,x",
        " //evil",
        " /queue",
        "\t//evil",
        "%09//evil",
        "/\t/evil",
        "/\n/evil",
        "/\x00",
        "/a b",
        "/queue\r\nSet-Cookie: x=1",
        "/a\\..\\b",
        "/\u2028evil",
        "/ünïcode",
        "/" + "a" * 2000,
    ],
)
def test_everything_else_leads_home(wanted: str | None) -> None:
    assert internal_path(wanted) == "/"
    assert internal_path(wanted, otherwise="/queue") == "/queue"
