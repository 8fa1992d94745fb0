"""Brings a database to the newest schema."""

import os

from alembic import command
from alembic.config import Config

from socialseed.app.schema import MIGRATIONS


def migrate(url: str) -> None:
    """The database named by `url` has the newest schema. Nothing happens when it already has."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    command.upgrade(config, "head")


if __name__ == "__main__":
    migrate(os.environ["DATABASE_URL"])
