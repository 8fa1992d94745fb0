"""Data keys: one per workspace, wrapped by the key-encryption key, opened only when used."""

import secrets
from uuid import UUID

from sqlalchemy import text

from socialseed.core.crypto import KEY_BYTES, Place, seal, unseal
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx


def _place(workspace_id: UUID) -> Place:
    return Place("workspaces", "wrapped_key", str(workspace_id), workspace_id)


def new_wrapped_key(master_key: bytes, workspace_id: UUID) -> bytes:
    """A fresh data key, wrapped for storing in `workspaces.wrapped_key`."""
    return seal(master_key, _place(workspace_id), secrets.token_bytes(KEY_BYTES))


async def data_key(runtime: Runtime, tx: Tx, workspace_id: UUID) -> bytes:
    """The workspace's data key. Raises Unsealable if it was destroyed or wrapped by another key."""
    wrapped = await tx.session.scalar(
        text("SELECT wrapped_key FROM workspaces WHERE id = :id"), {"id": workspace_id}
    )
    return unwrapped(runtime, workspace_id, wrapped)


def unwrapped(runtime: Runtime, workspace_id: UUID, wrapped: bytes | None) -> bytes:
    """The data key in what `workspaces.wrapped_key` holds. Raises Unsealable as `data_key` does."""
    return unseal(runtime.master_key, _place(workspace_id), bytes(wrapped or b"\x01"))
