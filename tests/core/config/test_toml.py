"""Every mistake has its line, and one does not hide the others."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medianest.core.config.toml import parse


def test_keys_have_the_line_where_their_statement_begins() -> None:
    document = parse(
        "# [no.header]\n"
        "top = 1\n"
        "[server]  # port = 9\n"
        "text = '''\n"
        "port = 1 [\n"
        "'''\n"
        "hosts = [\n"
        '  "a", # ]\n'
        '  "b]",\n'
        "]\n"
        "port = 2\n"
        "[paths]\n"
        '"data_dir" = "x"\n'
        "[a.b]\n"
        "c.d = 1\n"
    )
    assert document.faults == ()
    assert document.values["server"]["port"] == 2
    assert document.lines == {
        ("top",): 2,
        ("server",): 3,
        ("server", "text"): 4,
        ("server", "hosts"): 7,
        ("server", "port"): 11,
        ("paths",): 12,
        ("paths", "data_dir"): 13,
        ("a", "b"): 14,
        ("a", "b", "c"): 15,
        ("a", "b", "c", "d"): 15,
    }


def test_a_table_on_one_line_and_a_dotted_key_have_their_line_too() -> None:
    document = parse('\nserver = { port = 1, host = "x" }\npaths.data_dir = "y"\n')
    assert document.lines["server", "host"] == 2
    assert document.lines["paths", "data_dir"] == 3


def test_the_tables_of_a_list_are_told_apart() -> None:
    document = parse(
        "[[tiles]]\ntitle = 'a'\n\n"
        "[[tiles]]\nroles = [\n'child',\n]\nurl.x = 1\n[tiles.more]\ny = 1\n"
        "[[a.b]]\nc = 1\n[[x]]"
    )
    assert document.faults == ()
    assert document.line("tiles") == 1
    assert document.line("tiles", 0) == 1
    assert document.line("tiles", 0, "title") == 2
    assert document.line("tiles", 1) == document.line("tiles", 1, "title") == 4
    assert document.line("tiles", 1, "roles") == 5
    assert document.line("tiles", 1, "url") == 8
    assert document.line("a", "b") == 11
    assert document.line("x", 0, "c") == 13


def test_a_list_that_is_written_as_one_has_the_line_of_its_beginning() -> None:
    document = parse("[log]\n[server]\n")
    assert document.line("server", "port") == 2
    assert document.line("nowhere") == 1
    assert parse("\ntiles = [\n{title = 'a'},\n]").line("tiles", 0, "title") == 2


@pytest.mark.parametrize(
    ("text", "line", "kind", "key"),
    [
        ("[server]\nport = 1\nport = 2", 3, "duplicate", "server.port"),
        ("[server]\nhost = localhost\n", 2, "value", "server.host"),
        ("[server]\nhost = 127.0.0.1\n", 2, "other", "server.host"),
        ("[server]\n\nport 1\n", 3, "other", ""),
        ("[server\nport = 1", 1, "open", ""),
        ("a = 1\n[server]\nhost = 'x\nb = 2", 3, "open", "server.host"),
        ('[server]\nhost = "x\nb = 2', 2, "open", "server.host"),
        ('[server]\nhost = """x\nport = 1', 2, "open", "server.host"),
        ("[server]\nhosts = [\n", 2, "open", "server.hosts"),
        ("[server]\nport = " + "9" * 5000, 2, "number", "server.port"),
        ("[server]\nport = " + "[" * 5000, 2, "nested", "server.port"),
        ("a" + ".a" * 20_000 + " = 1", 1, "nested", ""),
        ("day = 2026-13-45", 1, "other", "day"),
        ("a = 1\0", 1, "other", "a"),
        ("\n\n= 1", 3, "other", ""),
    ],
)
def test_a_mistake_has_its_line_and_seeming_key(text: str, line: int, kind: str, key: str) -> None:
    (fault,) = parse(text).faults
    assert (fault.line, fault.kind, fault.key) == (line, kind, key)


def test_what_stands_around_mistakes_is_still_read() -> None:
    document = parse("[server]\nport = x\nhost = 'a'\n[paths]\n= 3\nmedia_dir = 'm'\n")
    assert [fault.line for fault in document.faults] == [2, 5]
    assert document.values == {"server": {"host": "a"}, "paths": {"media_dir": "m"}}


def test_a_refused_header_takes_its_keys_with_it() -> None:
    document = parse("[paths]\n[server]\n[server]\nport = 2\n[log]\nlevel = 1")
    assert [fault.line for fault in document.faults] == [3]
    assert document.values == {"paths": {}, "server": {}, "log": {"level": 1}}


@given(st.text(alphabet=st.sampled_from("a.[]{}=\"'\\#,\n \r1-"), max_size=60))
def test_whatever_the_text_it_is_read_without_an_error(text: str) -> None:
    document = parse(text)
    assert all(1 <= fault.line <= text.count("\n") + 2 for fault in document.faults)


SIZE = 64 * 1024


@pytest.mark.parametrize(
    "text",
    [
        "[" * SIZE,
        "a = " + "{a=" * (SIZE // 4),
        "a" + ".a" * (SIZE // 2) + " = 1",
        "[" + ".".join("a" * (SIZE // 2)) + "]",
        '"' * SIZE,
        '"""' + '\\"' * (SIZE // 2),
        "'''" + "''" * (SIZE // 2),
        'a="\\' * (SIZE // 4),
        "\n".join(f"[t{index}]" for index in range(SIZE // 8)),
        "[[t]]\n" * (SIZE // 6),
        "\n".join(f"k{index}" for index in range(SIZE // 8)),
        "\n".join("a." * 30 + "b = 1" for _ in range(SIZE // 66)),
    ],
    ids=range(12),
)
def test_no_file_takes_long(text: str) -> None:
    begun = time.thread_time()
    parse(text)
    assert time.thread_time() - begun < 1
