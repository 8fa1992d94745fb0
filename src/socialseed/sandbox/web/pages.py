"""Profiles and posts as pages, and the buttons on them. A press acts as a chosen owned account."""

import re
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from socialseed.sandbox.call import Call
from socialseed.sandbox.clock import iso
from socialseed.sandbox.draw import number
from socialseed.sandbox.http import Answer, html_answer, redirect
from socialseed.sandbox.state import State
from socialseed.sandbox.web.render import render
from socialseed.sandbox.world import graph, people, posts
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.posts import Draft, Post

HOSTS: dict[str, str] = {
    "x.com": "twitter", "www.instagram.com": "instagram", "www.tiktok.com": "tiktok",
}  # fmt: skip
_SITES = {
    "twitter": ("x.com", "X", "#1d6fd1"),
    "instagram": ("www.instagram.com", "Instagram", "#b3286f"),
    "tiktok": ("www.tiktok.com", "TikTok", "#0b7285"),
}
_HANDLE = r"(?P<handle>[A-Za-z0-9_.]{1,64})"
_PATHS: dict[str, tuple[str, str]] = {
    "twitter": (rf"/{_HANDLE}/?", rf"/{_HANDLE}/status/(?P<pid>\d+)/?"),
    "instagram": (rf"/{_HANDLE}/?", r"/(?:p|reel)/(?P<code>[\w-]+)/?"),
    "tiktok": (rf"/@{_HANDLE}/?", rf"/@{_HANDLE}/(?:video|photo)/(?P<pid>\d+)/?"),
}


@dataclass(frozen=True, slots=True)
class _Place:
    """What an address names: a profile, or one of its posts."""

    person: Person
    post: Post | None = None


def _find(call: Call) -> _Place | None:
    db, platform = call.world.db, call.platform
    profile, single = _PATHS[platform]
    found = re.fullmatch(single, call.path)
    if found is not None:
        parts = found.groupdict()
        post = (
            posts.by_code(db, platform, parts["code"], call.now)
            if "code" in parts
            else posts.by_pid(db, platform, parts["pid"], call.now)
        )
        return _Place(people.by_id(db, post.author), post) if post is not None else None
    found = re.fullmatch(profile, call.path)
    person = people.by_handle(db, platform, found.group("handle")) if found else None
    return _Place(person) if person is not None else None


def address(person: Person, post: Post | None = None) -> str:
    """The page's path at this sandbox."""
    host = _SITES[person.platform][0]
    if person.platform == "instagram":
        return f"/{host}/p/{post.code}/" if post else f"/{host}/{person.handle}/"
    if person.platform == "twitter":
        return f"/{host}/{person.handle}" + (f"/status/{post.pid}" if post else "")
    return f"/{host}/@{person.handle}" + (f"/video/{post.pid}" if post else "")


def _viewer(call: Call, accounts: list[Person]) -> Person | None:
    """The account one acts as: named, remembered, or the newest."""
    wanted = (
        (str(call.body.get("as") or "") if call.request.method == "POST" else "")
        or call.request.query.get("as", "")
        or call.request.cookies().get(f"as_{call.platform}", "")
    )
    for account in accounts:
        if account.handle.lower() == wanted.lower().lstrip("@"):
            return account
    return max(accounts, key=lambda a: a.id) if accounts else None


def show(call: Call) -> Answer:
    """The page at this address."""
    place = _find(call)
    if place is None:
        page = render("message.html", title="Nothing here", text="Nobody has this address.")
        return html_answer(page, 404)
    accounts = people.owned(call.world.db, call.platform)
    viewer = _viewer(call, accounts)
    answer = html_answer(_page(call, place, accounts, viewer))
    if viewer is not None and call.request.query.get("as"):
        answer.headers["set-cookie"] = _cookie(viewer)
    return answer


def _cookie(viewer: Person) -> str:
    return f"as_{viewer.platform}={viewer.handle}; Path=/; SameSite=Lax; HttpOnly"


def _page(call: Call, place: _Place, accounts: list[Person], viewer: Person | None) -> str:
    db, person, post = call.world.db, place.person, place.post
    if post is None:
        clause = "s.author = ? AND s.created <= ? AND s.kind = 'post'"
        shown, _ = posts.page(db, clause, (person.id, call.now), "", 20)
    else:
        shown = [post]
    _, site, accent = _SITES[call.platform]
    return render(
        "page.html",
        site=site,
        accent=accent,
        person=person,
        avatar=_avatar(person),
        accounts=accounts,
        viewer=viewer,
        own=viewer is not None and viewer.id == person.id,
        following=viewer is not None and graph.follows(db, viewer.id, person.id),
        followed_by=viewer is not None and graph.follows(db, person.id, viewer.id),
        single=post is not None,
        profile=address(person),
        items=[_item(call, person, one, viewer) for one in shown],
        comments=_comments(call, post, viewer) if post is not None else [],
    )


def _item(call: Call, author: Person, post: Post, viewer: Person | None) -> dict[str, object]:
    pictures = []
    if post.media != "text":
        kept = post.urls.split("\n") if post.urls else []
        pictures = [u if u.startswith("http") else f"/_media/upload/{u}" for u in kept[:10]] or [
            f"/_media/post/{post.platform}/{post.pid}.svg"
        ]
    return {
        "pid": post.pid,
        "text": post.text,
        "url": address(author, post),
        "when": iso(post.created)[:16].replace("T", " ") + " UTC",
        "post": post,
        "pictures": pictures,
        "author": author,
        "avatar": _avatar(author),
        "liked": viewer is not None and graph.marked(call.world.db, "like", viewer.id, post.id),
    }


def _comments(call: Call, post: Post, viewer: Person | None) -> list[dict[str, object]]:
    clause = "s.root = ? AND s.hidden = 0 AND s.created <= ?"
    found, _ = posts.page(call.world.db, clause, (post.root or post.id, call.now), "", 50)
    return [
        _item(call, people.by_id(call.world.db, one.author), one, viewer)
        for one in found
        if one.id != post.id
    ]


def press(call: Call) -> Answer:
    """Does what the pressed button says and shows the page again."""
    place = _find(call)
    accounts = people.owned(call.world.db, call.platform)
    viewer = _viewer(call, accounts)
    what = str(call.body.get("do") or "")
    call.verb = what if what in _PRESSES else "other"
    if place is None or viewer is None or what not in (*_PRESSES, "view"):
        call.outcome = "error"
        page = render("message.html", title="That did not work", text="Choose an account first.")
        return html_answer(page, 400)
    call.actor = viewer
    if what in _PRESSES:
        _PRESSES[what](call, place)
    return redirect(f"/{call.host}{quote(call.path)}", {"set-cookie": _cookie(viewer)})


def _follow(call: Call, place: _Place) -> None:
    call.target = place.person.handle
    changed = graph.follow(call.world.db, call.me.id, place.person.id, call.now)
    if changed:
        call.world.reactor.followed(call.me, place.person, call.now)
    call.acted(changed)


def _unfollow(call: Call, place: _Place) -> None:
    call.target = place.person.handle
    changed = graph.unfollow(call.world.db, call.me.id, place.person.id)
    if changed:
        call.world.reactor.unfollowed(call.me, place.person, call.now)
    call.acted(changed)


def _named_post(call: Call, place: _Place) -> Post | None:
    pid = str(call.body.get("post") or "")
    post = posts.by_pid(call.world.db, call.platform, pid, call.now) if pid else place.post
    call.target = post.pid if post is not None else pid
    return post


def _like(call: Call, place: _Place) -> None:
    post = _named_post(call, place)
    if post is None:
        call.outcome = "error"
        return
    changed = graph.mark(call.world.db, "like", call.me.id, post.id, call.now)
    if changed:
        call.world.reactor.liked(call.me, people.by_id(call.world.db, post.author), post, call.now)
    call.acted(changed)


def _unlike(call: Call, place: _Place) -> None:
    post = _named_post(call, place)
    if post is None:
        call.outcome = "error"
        return
    call.acted(graph.unmark(call.world.db, "like", call.me.id, post.id))


def _comment(call: Call, place: _Place) -> None:
    post = _named_post(call, place)
    text = str(call.body.get("text") or "").replace("\r\n", "\n").strip()
    call.text = text
    if post is None or not text:
        call.outcome = "error"
        return
    if post.parent is not None or call.platform == "twitter":
        call.verb = "reply"
    draft = Draft(call.platform, call.me.id, text, kind="comment", parent=post)
    comment = posts.create(call.world.db, draft, call.now)
    author = people.by_id(call.world.db, post.author)
    call.world.reactor.commented(call.me, author, comment, call.now)
    call.acted(True)


_PRESSES = {
    "follow": _follow, "unfollow": _unfollow, "like": _like, "unlike": _unlike,
    "comment": _comment,
}  # fmt: skip


def _avatar(person: Person) -> str:
    return f"/_media/avatar/{person.platform}/{quote(person.handle)}.svg"


def home(state: State) -> Answer:
    """The first page: the owned accounts and some people to look at."""
    rows = state.world.db.execute(
        f"SELECT {people.COLUMNS} FROM people WHERE kind <> 'owned' ORDER BY id LIMIT 24"
    )
    groups = (
        ("Your accounts", people.owned(state.world.db)),
        ("Some people", [people.of_row(row) for row in rows]),
    )
    shown = [
        (title, [(p, address(p), _SITES[p.platform][1], _avatar(p)) for p in persons])
        for title, persons in groups
        if persons
    ]
    return html_answer(render("home.html", groups=shown))


def media(state: State, path: str) -> Answer:
    """Pictures: initials, drawn posts and uploaded images."""
    found = re.fullmatch(r"/avatar/(\w+)/([\w.]+)\.svg", path)
    if found is not None:
        person = people.by_handle(state.world.db, found.group(1), found.group(2))
        name = person.name if person is not None else "?"
        letters = "".join(part[0] for part in name.split()[:2]).upper()
        return _svg(96, 96, number("hue", name) % 360, letters, 40)
    found = re.fullmatch(r"/upload/(\d{1,18})", path)
    if found is not None:
        row = state.world.db.execute(
            "SELECT content FROM media WHERE id = ?", (int(found.group(1)),)
        ).fetchone()
        if row is not None and row[0]:
            return Answer(200, bytes(row[0]), "image/jpeg", {"x-content-type-options": "nosniff"})
    found = re.fullmatch(r"/post/(\w+)/(\d+)\.svg", path)
    if found is not None:
        return _svg(640, 480, number("hue", found.group(2)) % 360, "", 40)
    return Answer(404, b"", "text/plain")


def _svg(width: int, height: int, hue: int, text: str, size: int) -> Answer:
    body = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<rect width="{width}" height="{height}" fill="hsl({hue} 45% 38%)"/>'
        f'<circle cx="{width * 0.7:.0f}" cy="{height * 0.25:.0f}" r="{height * 0.5:.0f}"'
        f' fill="hsl({(hue + 40) % 360} 50% 48%)" opacity=".5"/>'
        f'<text x="50%" y="50%" dy=".35em" text-anchor="middle" font-family="sans-serif"'
        f' font-size="{size}" fill="#fff">{escape(text)}</text></svg>'
    )
    return Answer(200, body.encode(), "image/svg+xml", {"cache-control": "max-age=3600"})
