"""`python -m medianest.migrations FILE`: bring a database to the newest revision, in one transaction."""

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config


def upgrade(path: Path) -> None:
    """Run all missing revisions, or none of them. Nobody else may have the database open."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["path"] = path
    command.upgrade(config, "head")


def main() -> None:
    upgrade(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
