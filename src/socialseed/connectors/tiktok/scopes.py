"""Which permission a call needs, checked before any request: an owner may have granted fewer."""

from socialseed.connectors.tiktok.manifest import SCOPES
from socialseed.connectors.types import Grant
from socialseed.core.errors import Remedy, UpstreamError


def has(grant: Grant, scope: str) -> bool:
    """True when the owner granted `scope`, or when nobody told what was granted."""
    return not grant.scopes or scope in grant.scopes


def need(grant: Grant, scope: str) -> None:
    """Raises REJECT `scope_missing` unless the owner granted `scope`. Nothing is sent then."""
    if has(grant, scope):
        return
    where = "" if scope in SCOPES else " through TikTok's API for Business"
    detail = f"The owner did not grant {scope}: connect the account again{where} and allow it."
    raise UpstreamError(Remedy.REJECT, "scope_missing", detail)
