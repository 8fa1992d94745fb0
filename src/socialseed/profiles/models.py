"""Other people's profiles: what was observed, and whether they must be left alone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from socialseed.core.db import Base, Id, JsonList

# Who is left alone by their own wish is so for good; what the workspace chose its owner may undo.
BECAUSE = ("their_wish", "our_choice")


class Profile(Base):
    __tablename__ = "profiles"
    id: Mapped[Id]
    workspace_id: Mapped[UUID] = mapped_column(ForeignKey("workspaces.id", ondelete="CASCADE"))
    platform: Mapped[str]
    handle: Mapped[str]
    # Row-level security keeps lower() out of index conditions, so what is looked up is stored.
    handle_key: Mapped[str] = mapped_column(Computed("lower(handle)", persisted=True))
    remote_id: Mapped[str | None]
    display_name: Mapped[str | None]
    bio: Mapped[str | None]
    url: Mapped[str | None]
    followers: Mapped[int | None]
    following: Mapped[int | None]
    posts: Mapped[int | None]
    interests: Mapped[JsonList] = mapped_column(server_default=text("'[]'::jsonb"))
    observed_at: Mapped[datetime | None]  # None: only the handle is known
    do_not_contact_at: Mapped[datetime | None]
    do_not_contact_because: Mapped[str | None]
    follows_back_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint(f"do_not_contact_because IN {BECAUSE}", name="do_not_contact_because"),
        Index("uq_profiles_handle", "workspace_id", "platform", "handle_key", unique=True),
        Index(
            "ix_profiles_left_alone",
            "workspace_id",
            "do_not_contact_at",
            "id",
            postgresql_where=text("do_not_contact_at IS NOT NULL"),
        ),
    )
