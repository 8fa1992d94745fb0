"""Access tokens (JWT by RFC 8725: one algorithm, typ, kid, aud, iss) and opaque tokens."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from socialseed.core.errors import AppError, Kind
from socialseed.runtime.runtime import Runtime

ALGORITHM = "HS256"
TYPE = "at+jwt"
ACCESS_LIFETIME = timedelta(minutes=10)
API_KEY_PREFIX = "ssk_"
_KEY_BYTES = 32
_REQUIRED = ("exp", "iat", "iss", "aud", "sub", "sid", "wid", "name")


@dataclass(frozen=True, slots=True)
class Claims:
    """Whose access token it is. Role and revocation are read on each request instead."""

    user_id: UUID
    session_id: UUID
    workspace_id: UUID
    name: str


def unauthenticated(detail: str = "Sign in, or send a valid token.") -> AppError:
    """Nobody that we know."""
    return AppError(Kind.UNAUTHENTICATED, "unauthenticated", detail)


def derive_key(secret: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose. Keys of two purposes tell nothing of each other."""
    return HKDF(
        hashes.SHA256(), _KEY_BYTES, salt=None, info=f"socialseed {purpose}".encode()
    ).derive(secret)


@lru_cache(maxsize=8)
def _signing_key(secret: bytes) -> tuple[bytes, str]:
    key = derive_key(secret, "access token v1")
    return key, hashlib.sha256(key).hexdigest()[:16]


def _key(runtime: Runtime) -> tuple[bytes, str]:
    given = runtime.settings.jwt_key
    return _signing_key(given.get_secret_value().encode() if given else runtime.master_key)


def issue_access(runtime: Runtime, claims: Claims, now: datetime) -> str:
    """A token that opens the API for `claims` until ten minutes after `now`."""
    key, kid = _key(runtime)
    body = {
        "iss": runtime.settings.origin,
        "aud": runtime.settings.origin,
        "sub": str(claims.user_id),
        "sid": str(claims.session_id),
        "wid": str(claims.workspace_id),
        "name": claims.name,
        "iat": int(now.timestamp()),
        "exp": int((now + ACCESS_LIFETIME).timestamp()),
    }
    return jwt.encode(body, key, algorithm=ALGORITHM, headers={"typ": TYPE, "kid": kid})


def read_access(runtime: Runtime, token: str) -> Claims:
    """The claims of a token that we signed. Raises UNAUTHENTICATED, `access_expired` if old."""
    key, kid = _key(runtime)
    claims, expires_at = _verified(key, kid, runtime.settings.origin, token)
    if expires_at <= runtime.clock.now():
        raise AppError(
            Kind.UNAUTHENTICATED, "access_expired", "The access token is too old. Refresh it."
        )
    return claims


# A signature that held holds for ever, so people's next requests need not decode it again.
# What is refused raises and is not kept.
@lru_cache(maxsize=4096)
def _verified(key: bytes, kid: str, origin: str, token: str) -> tuple[Claims, datetime]:
    """The claims of a token signed by `key`, and when it expires. Raises UNAUTHENTICATED."""
    try:
        header = jwt.get_unverified_header(token)
        if header.get("typ") != TYPE or header.get("kid") != kid:
            raise unauthenticated()
        # The instant is checked against our clock by the caller, not against the machine's.
        body = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=origin,
            issuer=origin,
            options={
                "require": list(_REQUIRED),
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
        claims = Claims(UUID(body["sub"]), UUID(body["sid"]), UUID(body["wid"]), str(body["name"]))
        return claims, datetime.fromtimestamp(int(body["exp"]), UTC)
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
        raise unauthenticated() from error


def new_opaque() -> str:
    """A token that nobody can guess: 256 random bits."""
    return secrets.token_urlsafe(_KEY_BYTES)


def fingerprint(token: str) -> bytes:
    """What is stored of an opaque token: it is random enough for a plain digest."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def keyed_fingerprint(runtime: Runtime, purpose: str, value: str) -> bytes:
    """A digest of a guessable value that a stolen database cannot reverse."""
    key = derive_key(runtime.master_key, purpose)
    return hmac.digest(key, value.encode("utf-8", "surrogatepass"), "sha256")
