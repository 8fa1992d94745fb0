"""AES-256-GCM under a data key per workspace, each wrapped by one key-encryption key.

A ciphertext is bound to its place (table, column, row, workspace), so a swapped one does not open.
Destroying a workspace's data key is deletion of everything sealed with it.
"""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


class Unsealable(Exception):
    """The ciphertext was not made for this place with this key."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands."""

    table: str
    column: str
    row: str
    workspace_id: UUID

    def aad(self, version: int) -> bytes:
        """The bytes that bind a ciphertext to this place and key version."""
        return "\x1f".join(
            (self.table, self.column, self.row, str(self.workspace_id), str(version))
        ).encode()


def seal(key: bytes, place: Place, plain: bytes, version: int = 1) -> bytes:
    """version (1 byte) + nonce (12) + ciphertext and tag."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return bytes([version]) + nonce + AESGCM(key).encrypt(nonce, plain, place.aad(version))


def unseal(key: bytes, place: Place, sealed: bytes) -> bytes:
    """The plain bytes. Raises Unsealable when key, place or bytes are not those of the sealing."""
    version, nonce, body = sealed[0], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, body, place.aad(version))
    except (InvalidTag, ValueError) as error:  # ValueError: too short to hold a nonce
        raise Unsealable(f"{place.table}.{place.column}") from error


def load_or_make_key(path: Path) -> bytes:
    """The 32 bytes in `path`, made with mode 0600 if missing. Raises ValueError if damaged."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
    else:
        key = secrets.token_bytes(KEY_BYTES)
        with os.fdopen(handle, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
    if len(key) != KEY_BYTES:
        raise ValueError(f"{path.name} is damaged: it must hold exactly {KEY_BYTES} bytes.")
    return key
