"""What the Plex server holds: its sections and items, the words in which they are found, and folders to be scanned."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plex_index", sa.Column("machine_id", sa.String(), nullable=False), _key("plex_index", "machine_id")
    )
    _sections()
    _items()
    _words("plex_title_words", "title, original_title, year")
    _words("plex_episode_words", "title")
    _people()


def _key(table: str, column: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(column, name=op.f(f"pk_{table}"))


def _sections() -> None:
    op.create_table(
        "plex_sections",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Integer(), nullable=False),
        sa.Column("folders", sa.JSON(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("reading", sa.String(), nullable=True),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("newest_at", sa.BigInteger(), nullable=True),
        sa.Column("begun_at", sa.BigInteger(), nullable=True),
        sa.Column("looked_at", sa.BigInteger(), nullable=True),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        _key("plex_sections", "key"),
    )


def _items() -> None:
    op.create_table(
        "plex_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("section_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("original_title", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("imdb", sa.String(), nullable=True),
        sa.Column("tmdb", sa.Integer(), nullable=True),
        sa.Column("tvdb", sa.Integer(), nullable=True),
        sa.Column("parent_key", sa.String(), nullable=True),
        sa.Column("show_key", sa.String(), nullable=True),
        sa.Column("show_title", sa.String(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("season_number", sa.Integer(), nullable=True),
        sa.Column("duration_s", sa.Integer(), nullable=True),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("content_rating", sa.String(), nullable=False),
        sa.Column("poster", sa.String(), nullable=True),
        sa.Column("still", sa.String(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["section_key"], ["plex_sections.key"], name=op.f("fk_plex_items_section_key")),
        _key("plex_items", "id"),
    )
    op.create_index("uq_plex_items_key", "plex_items", ["key"], unique=True)
    op.create_index("ix_plex_items_section", "plex_items", ["section_key", "kind", "folded", "id"])
    op.create_index("ix_plex_items_added", "plex_items", ["added_at", "id"])
    op.create_index("ix_plex_items_folded", "plex_items", ["kind", "folded", "year"])
    _where_known("parent", "parent_key", "number")
    _where_known("show", "show_key")
    for number in ("imdb", "tmdb", "tvdb"):
        _where_known(number, number)


def _where_known(name: str, *columns: str) -> None:
    known = sa.text(f"{columns[0]} IS NOT NULL")
    op.create_index(f"ix_plex_items_{name}", "plex_items", list(columns), sqlite_where=known)


def _words(name: str, columns: str) -> None:
    how = "tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'"
    op.execute(f"CREATE VIRTUAL TABLE {name} USING fts5({columns}, {how})")


def _people() -> None:
    op.create_table(
        "plex_viewers",
        sa.Column("user_id", sa.String(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_plex_viewers_user_id"), ondelete="CASCADE"),
        _key("plex_viewers", "user_id"),
    )
    op.create_table(
        "plex_scans",
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _key("plex_scans", "id"),
    )
