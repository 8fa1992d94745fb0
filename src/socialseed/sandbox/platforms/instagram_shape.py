"""Instagram's objects: the `fields` language, users, media, comments and cursor pages."""

import base64
from dataclasses import dataclass, field

from socialseed.sandbox.call import Call, Json, object_of, row_id
from socialseed.sandbox.clock import from_ms
from socialseed.sandbox.platforms.instagram_errors import bad_parameter
from socialseed.sandbox.platforms.x_shape import origin
from socialseed.sandbox.world import people, posts
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.posts import Post


@dataclass(slots=True)
class Field:
    """One asked field: `media.limit(5){id,caption}` has a name, arguments and inner fields."""

    name: str
    args: dict[str, str] = field(default_factory=dict)
    inner: list["Field"] = field(default_factory=list)


def parse_fields(text: str) -> list[Field]:
    """The fields of a `fields` parameter."""
    found, rest = _parse(text, 0)
    if rest < len(text):
        raise bad_parameter("fields")
    return found


def _parse(text: str, at: int) -> tuple[list[Field], int]:
    found: list[Field] = []
    while at < len(text) and text[at] != "}":
        start = at
        while at < len(text) and text[at] not in ",{}.(":
            at += 1
        one = Field(text[start:at].strip())
        while at < len(text) and text[at] == ".":
            opening, closing = text.find("(", at), text.find(")", at)
            if opening < 0 or closing < opening:
                raise bad_parameter("fields")
            one.args[text[at + 1 : opening]] = text[opening + 1 : closing]
            at = closing + 1
        if at < len(text) and text[at] == "{":
            one.inner, at = _parse(text, at + 1)
            at += 1
        if one.name:
            found.append(one)
        if at < len(text) and text[at] == ",":
            at += 1
        elif at < len(text) and text[at] not in "}":
            raise bad_parameter("fields")
    return found, at


def asked(call: Call, default: str) -> list[Field]:
    """The asked fields, or the endpoint's default ones."""
    return parse_fields(call.arg("fields") or default)


def when(ms: int) -> str:
    """`2019-09-26T22:36:43+0000`."""
    return from_ms(ms).strftime("%Y-%m-%dT%H:%M:%S+0000")


def app_id(person: Person) -> str:
    """The id of a user as one app knows it; differs from `user_id` as in the real product."""
    return f"25{person.uid[2:]}"


def user(call: Call, person: Person, fields: list[Field], *, linked: bool = True) -> Json:
    """A user's asked fields; unknown names are an error, as the Graph API has it.

    Without `linked` the media's pages have cursors only.
    """
    whole: Json = {
        "id": person.uid,
        "user_id": person.uid,
        "username": person.handle,
        "name": person.name,
        "biography": person.bio,
        "website": "",
        "account_type": "Business" if person.kind == "brand" else "Media_Creator",
        "profile_picture_url": f"{origin(call)}/_media/avatar/instagram/{person.handle}.svg",
        "followers_count": person.followers,
        "follows_count": person.following,
        "media_count": person.posts,
    }
    shown: Json = {}
    for one in fields:
        if one.name == "media":
            shown["media"] = _media_edge(call, person, one, linked)
        elif one.name in whole:
            shown[one.name] = whole[one.name]
        else:
            message = f"Tried accessing nonexisting field ({one.name})"
            raise bad_parameter(message)
    return {"id": person.uid} | shown


def _media_edge(call: Call, person: Person, one: Field, linked: bool) -> Json:
    limit = min(max(row_id(one.args.get("limit", "25")), 1), 100)
    after = one.args.get("after", "")
    page = media_page(call, _OF_AUTHOR, (person.id,), one.inner, after, limit)
    if not linked and isinstance(page.get("paging"), dict):
        page["paging"] = {"cursors": object_of(page["paging"]).get("cursors")}
    return page


_OF_AUTHOR = "s.author = ? AND s.kind = 'post'"


def media_page(
    call: Call, where: str, args: tuple[object, ...], fields: list[Field], after: str, limit: int
) -> Json:
    """A page of media with cursors."""
    found, following = posts.page(
        call.world.db, f"s.created <= ? AND {where}", (call.now, *args), decode(after), limit
    )
    body: Json = {"data": [media(call, post, fields) for post in found]}
    return body | _paging(call, found, following)


def comment_page(call: Call, where: str, args: tuple[object, ...], fields: list[Field]) -> Json:
    """A page of comments, newest first, at most 50."""
    found, following = posts.page(
        call.world.db, f"s.created <= ? AND {where}", (call.now, *args),
        decode(call.arg("after")), call.number("limit", 25, 1, 50),
    )  # fmt: skip
    body: Json = {"data": [comment(call, post, fields) for post in found]}
    return body | _paging(call, found, following)


def _paging(call: Call, found: list[Post], following: str) -> Json:
    if not found:
        return {}
    after = encode(following or f"end{found[-1].id}")
    paging: Json = {"cursors": {"before": encode(f"start{found[0].id}"), "after": after}}
    if following:
        asked_ = {k: v for k, v in call.request.query.items() if k != "after"}
        query = "&".join(f"{k}={v}" for k, v in asked_.items())
        paging["next"] = f"{origin(call)}/{call.host}{call.path}?{query}&after={after}"
    return {"paging": paging}


def encode(mark: str) -> str:
    """A cursor as the API shows it."""
    return base64.urlsafe_b64encode(mark.encode()).decode().rstrip("=")


def decode(cursor: str) -> str:
    """The mark inside a cursor; '' for none."""
    if not cursor:
        return ""
    try:
        mark = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError:
        raise bad_parameter("after") from None
    return "0.0" if mark.startswith("end") else mark


_KINDS = {"image": ("IMAGE", "FEED"), "video": ("VIDEO", "REELS"),
          "carousel": ("CAROUSEL_ALBUM", "FEED")}  # fmt: skip


def media(call: Call, post: Post, fields: list[Field]) -> Json:
    """A medium's asked fields."""
    kind, product = _KINDS.get(post.media, _KINDS["image"])
    product = "STORY" if post.kind == "story" else product
    author = people.by_id(call.world.db, post.author)
    drawn = f"{origin(call)}/_media/post/instagram/{post.pid}.svg"
    whole: Json = {
        "id": post.pid,
        "caption": post.text,
        "media_type": kind,
        "media_product_type": product,
        "media_url": post.urls.split("\n")[0] or drawn,
        "thumbnail_url": drawn,
        "permalink": f"https://www.instagram.com/p/{post.code}/",
        "shortcode": post.code,
        "timestamp": when(post.created),
        "like_count": post.likes,
        "comments_count": post.comments,
        "view_count": max(post.views, post.likes),
        "username": author.handle,
        "owner": {"id": author.uid},
        "is_comment_enabled": not _closed(call, post),
        "is_ai_generated": False,
        "alt_text": "",
        "reposts_count": 0,
        "saved_count": post.likes // 15,
        "shares_count": post.shares,
        "total_like_count": post.likes,
        "total_comments_count": post.comments,
        "total_views_count": max(post.views, post.likes),
    }
    if post.media == "carousel":
        urls = post.urls.split("\n") if post.urls else [drawn, drawn]
        whole["children"] = {
            "data": [{"id": f"{post.pid}{n}", "media_url": url} for n, url in enumerate(urls)]
        }
    names = [one.name for one in fields] or ["id"]
    shown = {name: whole[name] for name in names if name in whole}
    return {"id": post.pid} | shown


def _closed(call: Call, post: Post) -> bool:
    row = call.world.db.execute(
        "SELECT 1 FROM marks WHERE person = 0 AND kind = 'closed' AND post = ?", (post.id,)
    ).fetchone()
    return row is not None


def comment(call: Call, post: Post, fields: list[Field]) -> Json:
    """A comment's asked fields."""
    db = call.world.db
    author = people.by_id(db, post.author)
    whole: Json = {
        "id": post.pid,
        "text": post.text,
        "timestamp": when(post.created),
        "username": author.handle,
        "like_count": post.likes,
        "hidden": bool(post.hidden),
        "from": {"id": author.uid, "username": author.handle},
    }
    for one in fields:
        if one.name == "replies":
            found, _ = posts.page(
                db, "s.parent = ? AND s.created <= ?", (post.id, call.now), "", 50
            )
            whole["replies"] = {"data": [comment(call, p, one.inner) for p in found]}
        if one.name in ("parent_id", "media"):
            above = posts.by_id(db, (post.parent if one.name == "parent_id" else post.root) or 0)
            if above is not None and not (one.name == "parent_id" and above.kind == "post"):
                whole[one.name] = above.pid if one.name == "parent_id" else {"id": above.pid}
    names = [one.name for one in fields] or ["id", "text", "timestamp"]
    shown = {name: whole[name] for name in names if name in whole}
    return {"id": post.pid} | shown
