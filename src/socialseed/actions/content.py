"""What an action is about: checked target data, its canonical hash, and what makes it a repeat."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args
from uuid import UUID

import orjson

from socialseed.connectors.types import ActionType
from socialseed.core.errors import AppError, invalid
from socialseed.core.events import Plain

ACTION_TYPES = get_args(ActionType)
TOWARDS_PERSON = frozenset({"follow", "unfollow"})
TOWARDS_POST = frozenset({"like", "unlike", "comment", "repost", "quote", "delete"})
NEEDS_TEXT = frozenset({"comment", "reply", "quote", "publish_text"})
NEEDS_MEDIA = frozenset({"publish_image", "publish_video"})
PUBLISHES = NEEDS_MEDIA | {"publish_text", "publish_carousel"}
# What only some kinds have. A platform's own most is the ledger's.
ONLY_FOR = {
    "media_urls": ("publish_carousel", "publish_image"),
    "cover_url": ("publish_video",),
}
FEWEST_MEDIA, MOST_MEDIA = 2, 35

MAX_TEXT = 10_000
MAX_URL = 2_048
MAX_HANDLE = 100
MAX_ID = 200
MAX_BYTES = 32_768
MOST_INTERESTS = 50
_TOP = {"text", "media_url", "media_urls", "cover_url", "alt_text", "person", "post", "comment_id"}
_TOP |= {"rule_id", "summoned"}
_PERSON = {
    "id",
    "handle",
    "display_name",
    "bio",
    "followers",
    "following",
    "posts",
    "url",
    "interests",
}
_POST = {"id", "url", "text", "author", "created_at", "likes", "comments", "parent_id"}
_LIMITS = {
    "media_url": MAX_URL,
    "media_urls": MAX_URL,
    "cover_url": MAX_URL,
    "url": MAX_URL,
    "id": MAX_ID,
    "comment_id": MAX_ID,
    "handle": MAX_HANDLE,
    "author": MAX_HANDLE,
}

Data = dict[str, Plain]


@dataclass(frozen=True, slots=True)
class Content:
    """Checked content, its hash, and the key under which it is done once per account and kind."""

    action_type: str
    target_account: str | None
    target_data: Data
    content_hash: str
    target_key: str

    @property
    def text(self) -> str | None:
        """The words that would be published."""
        value = self.target_data.get("text")
        return value if isinstance(value, str) else None

    @property
    def media(self) -> Sequence[str]:
        """What would be shown, in order: a carousel's media, else the one, else nothing."""
        several = self.target_data.get("media_urls")
        found = several if isinstance(several, list) else [self.target_data.get("media_url")]
        return [url for url in found if isinstance(url, str)]


def checked(
    account_id: UUID, action_type: str, target_account: str | None, data: Mapping[str, object]
) -> Content:
    """The content as it is stored and hashed. Raises INVALID, naming the wrong field."""
    if action_type not in ACTION_TYPES:
        raise invalid("unknown_action_type", "Use one of the action types.", "/action_type")
    clean = _clean_data(data)
    person, post = _part(clean, "person"), _part(clean, "post")
    target = _handle(target_account or _text(person, "handle") or _text(post, "author"))
    _require(action_type, target, clean, post)
    body: Data = {
        "account": str(account_id),
        "type": action_type,
        "target": target and target.lower(),
        "person_id": _text(person, "id"),
        "post_id": _text(post, "id"),
        "comment_id": _text(clean, "comment_id"),
        "text": _text(clean, "text"),
        "media_url": _text(clean, "media_url"),
        "alt_text": _text(clean, "alt_text"),
        **{name: clean[name] for name in ONLY_FOR if name in clean},
    }
    digest = hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return Content(action_type, target, clean, digest, _target_key(action_type, body))


def _target_key(action_type: str, body: Data) -> str:
    if action_type in TOWARDS_PERSON:
        return f"person:{body['target']}"
    if action_type == "reply":
        return f"post:{body['comment_id'] or body['post_id']}"
    if action_type in TOWARDS_POST:
        return f"post:{body['post_id']}"
    several = body.get("media_urls")
    shown = "\x1e".join(map(str, several)) if isinstance(several, list) else body["media_url"]
    said = f"{body['text'] or ''}\x1f{shown or ''}"
    return f"content:{hashlib.sha256(said.encode()).hexdigest()[:32]}"


def _require(action_type: str, target: str | None, data: Data, post: Data) -> None:
    missing = _missing(action_type, target, data, post)
    if missing:
        raise invalid("required", f"{action_type} needs this field.", missing)
    for name, kinds in ONLY_FOR.items():
        if name in data and action_type not in kinds:
            detail = f"Only {' and '.join(kinds)} have this field."
            raise invalid("unknown_field", detail, f"/target_data/{name}")
    if "media_urls" in data:
        _require_several(data)


def _require_several(data: Data) -> None:
    several = data["media_urls"]
    count = len(several) if isinstance(several, list) else 0
    if count < FEWEST_MEDIA:
        detail = f"Several media are {FEWEST_MEDIA} or more."
        raise invalid("bad_count", detail, "/target_data/media_urls")
    if "media_url" in data:
        detail = "Several media stand in media_urls alone."
        raise invalid("unknown_field", detail, "/target_data/media_url")


def _missing(action_type: str, target: str | None, data: Data, post: Data) -> str | None:
    if action_type in TOWARDS_PERSON and not target:
        return "/target_account"
    if action_type in TOWARDS_POST and not _text(post, "id"):
        return "/target_data/post/id"
    if action_type == "reply" and not (_text(data, "comment_id") or _text(post, "id")):
        return "/target_data/post/id"
    if action_type in NEEDS_TEXT and not (_text(data, "text") or "").strip():
        return "/target_data/text"
    return None if "media_urls" in data else _missing_media(action_type, data)


def _missing_media(action_type: str, data: Data) -> str | None:
    if action_type in NEEDS_MEDIA and not _text(data, "media_url"):
        return "/target_data/media_url"
    return "/target_data/media_urls" if action_type == "publish_carousel" else None


def _clean_data(data: Mapping[str, object]) -> Data:
    clean = _clean_object(data, _TOP, "/target_data")
    for pointer, address in addresses(clean):
        if not address.startswith(("https://", "http://")):
            raise invalid("bad_url", "Use an http or https address.", pointer)
    if len(orjson.dumps(clean)) > MAX_BYTES:
        raise invalid("too_long", "This is more than an action can carry.", "/target_data")
    return clean


def addresses(data: Mapping[str, object]) -> Sequence[tuple[str, str]]:
    """Every address of a picture or video, with the pointer to its field."""
    one = [(f"/target_data/{name}", data.get(name)) for name in ("media_url", "cover_url")]
    several = data.get("media_urls")
    if isinstance(several, list):
        one += [(f"/target_data/media_urls/{n}", url) for n, url in enumerate(several)]
    return [(pointer, url) for pointer, url in one if isinstance(url, str)]


def _clean_object(data: Mapping[str, object], allowed: set[str], pointer: str) -> Data:
    found: Data = {}
    for key, value in data.items():
        if key not in allowed:
            name = key if key.isascii() and key.isprintable() else "?"
            raise invalid("unknown_field", "There is no such field.", f"{pointer}/{name}"[:200])
        if value is not None:
            found[key] = _clean_value(key, value, f"{pointer}/{key}")
    return found


def _clean_value(key: str, value: object, pointer: str) -> Plain:
    if pointer == "/target_data/person" or pointer == "/target_data/post":
        if not isinstance(value, Mapping):
            raise _wrong(pointer)
        return _clean_object(value, _PERSON if key == "person" else _POST, pointer)
    if key in ("interests", "media_urls"):
        return _clean_list(key, value, pointer)
    if key == "summoned":
        if not isinstance(value, bool):
            raise _wrong(pointer)
        return value
    if key in {"followers", "following", "posts", "likes", "comments"}:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**53:
            raise _wrong(pointer)
        return value
    return _clean_text(key, value, pointer)


def _clean_list(key: str, value: object, pointer: str) -> Plain:
    if not isinstance(value, list | tuple):
        raise _wrong(pointer)
    if key == "interests":
        if len(value) > MOST_INTERESTS:
            raise _wrong(pointer)
        return [_clean_text(key, item, pointer) for item in value]
    if len(value) > MOST_MEDIA:
        raise invalid("bad_count", f"Use at most {MOST_MEDIA} media.", pointer)
    return [_clean_text(key, item, f"{pointer}/{n}") for n, item in enumerate(value)]


def _clean_text(key: str, value: object, pointer: str) -> str:
    if isinstance(value, UUID):
        value = str(value)
    if not isinstance(value, str):
        raise _wrong(pointer)
    return clean_string(value, pointer, _LIMITS.get(key, MAX_TEXT))


def clean_string(value: str, pointer: str, limit: int) -> str:
    """`value`, if PostgreSQL and JSON can hold it and it is no longer than `limit` characters."""
    if len(value) > limit:
        raise invalid("too_long", f"Use at most {limit} characters.", pointer)
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise invalid("bad_text", "The text has half a character in it.", pointer) from None
    if "\x00" in value:
        raise invalid("bad_text", "The text has a NUL character in it.", pointer)
    return value


def _handle(value: str | None) -> str | None:
    if value is None:
        return None
    handle = clean_string(value, "/target_account", MAX_HANDLE).strip().lstrip("@")
    if not handle or not handle.isprintable() or any(sign.isspace() for sign in handle):
        raise invalid("bad_handle", "Use the person's handle, without spaces.", "/target_account")
    return handle


def _part(data: Data, key: str) -> Data:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _text(data: Data, key: str) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) else None


def _wrong(pointer: str) -> AppError:
    return invalid("wrong_type", "This field has the wrong type.", pointer)
