"""What the pipeline asks a platform's manifest: text limits, what it can do, where a page is."""

from socialseed.actions.content import TOWARDS_PERSON, Content, addresses
from socialseed.connectors.gateway import Gateway
from socialseed.connectors.manifest import Manifest
from socialseed.core.errors import invalid
from socialseed.runtime.runtime import Runtime


def manifest(runtime: Runtime, platform: str) -> Manifest:
    """The platform's manifest. Raises INVALID for a platform that the product does not have."""
    return runtime.connectors.get(platform).manifest


def text_room(
    runtime: Runtime, platform: str, action_type: str, text: str | None
) -> tuple[int | None, int | None]:
    """How long this text is and may be, as the platform counts; None where it states nothing."""
    found = manifest(runtime, platform).text_limits.get(action_type)
    if found is None:
        return None, None
    return (None if text is None else found.count(text)), found.characters


def check_media(runtime: Runtime, platform: str, tier: str, content: Content) -> None:
    """Returns when the platform takes media like these. Raises INVALID, naming the wrong field.

    What the ledger forbids altogether is left to the verdict, which says why.
    """
    entry = runtime.ledger.entry(platform, content.action_type, tier)
    if entry is None or entry.capability.mode == "forbidden":
        return
    name, most = manifest(runtime, platform).name, entry.most_media or 1
    if len(content.media) > most:
        detail = f"{name} takes {'one' if most == 1 else f'at most {most}'} here."
        raise invalid("bad_count", detail, "/target_data/media_urls")
    if "cover_url" in content.target_data and not entry.cover:
        raise invalid("not_offered", f"{name} takes no cover picture.", "/target_data/cover_url")
    if runtime.settings.platform_mode == "live":
        for pointer, address in addresses(content.target_data):
            if not address.startswith("https://"):
                raise invalid("bad_url", "Platforms fetch media by https only.", pointer)


def deep_link(runtime: Runtime, platform: str, content: Content) -> str:
    """The page on which a person can do it by hand."""
    sheet = manifest(runtime, platform)
    sandbox = runtime.settings.platform_mode == "sandbox"
    gateway = Gateway(runtime.settings.sandbox_url if sandbox else None)
    base = gateway.base(sheet.hosts["web"])
    handle = content.target_account
    if content.action_type in TOWARDS_PERSON:
        return sheet.profile_url.format(base=base, handle=handle, id="")
    post = content.target_data.get("post")
    if isinstance(post, dict):
        if handle and isinstance(post.get("id"), str):
            return sheet.post_url.format(base=base, handle=handle, id=post["id"])
        if isinstance(post.get("url"), str):
            return str(post["url"])
    return base
