"""Lists that somebody queued, what became of their entries, and which download came from which."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# SQLite takes a foreign key of a new column only within the column's own definition
_OF_A_LIST = "playlist_id VARCHAR REFERENCES playlists (id)"


def upgrade() -> None:
    _playlists()
    op.execute(f"ALTER TABLE downloads ADD COLUMN {_OF_A_LIST}")
    known = sa.text("playlist_id IS NOT NULL")
    op.create_index("ix_downloads_playlist", "downloads", ["playlist_id", "state"], sqlite_where=known)
    _entries()


def _playlists() -> None:
    op.create_table(
        "playlists",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("site", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("preset", sa.String(), nullable=False),
        sa.Column("choice", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("waits_for", sa.String(), nullable=True),
        sa.Column("entry_count", sa.Integer(), nullable=True),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("is_read", sa.Boolean(), nullable=False),
        sa.Column("is_cut", sa.Boolean(), nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=False),
        sa.Column("queued", sa.Integer(), nullable=False),
        sa.Column("here", sa.Integer(), nullable=False),
        sa.Column("unavailable", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error_detail", sa.String(), nullable=False),
        sa.Column("owner_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("lease_owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_playlists_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playlists")),
    )
    op.create_index("ix_playlists_state", "playlists", ["state", "created_at"])
    op.create_index("ix_playlists_owner", "playlists", ["owner_id", "created_at"])
    op.create_index("ix_playlists_created", "playlists", ["created_at", "id"])
    held = sa.text("lease_owner IS NOT NULL")
    op.create_index("ix_playlists_lease", "playlists", ["lease_owner"], sqlite_where=held)


def _entries() -> None:
    op.create_table(
        "playlist_entries",
        sa.Column("playlist_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=True),
        sa.Column("fate", sa.String(), nullable=False),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("download_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["playlist_id"], ["playlists.id"], name=op.f("fk_playlist_entries_playlist_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["download_id"], ["downloads.id"], name=op.f("fk_playlist_entries_download_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("playlist_id", "number", name=op.f("pk_playlist_entries")),
    )
    op.create_index("uq_playlist_entries_source", "playlist_entries", ["playlist_id", "source"], unique=True)
    op.create_index("ix_playlist_entries_fate", "playlist_entries", ["playlist_id", "fate", "rank"])
    known = sa.text("download_id IS NOT NULL")
    op.create_index("ix_playlist_entries_download", "playlist_entries", ["download_id"], sqlite_where=known)
