"""The consent form that all three platforms show: choose an account, allow or deny."""

from urllib.parse import urlencode, urlsplit

from socialseed.sandbox.call import ApiError, Call
from socialseed.sandbox.draw import Draw
from socialseed.sandbox.http import Answer, html_answer, redirect
from socialseed.sandbox.web.render import render
from socialseed.sandbox.world import people, words
from socialseed.sandbox.world.people import Person

TITLES = {"twitter": "X", "instagram": "Instagram", "tiktok": "TikTok"}


def form(call: Call, scopes: list[str], error: str = "") -> Answer:
    """The form. It posts to its own address, so the query stays as the product sent it.

    Each scope is a box of its own, ticked at first: `scope:<name>` comes back for those kept.
    """
    page = render(
        "consent.html",
        title=TITLES[call.platform],
        accounts=people.owned(call.world.db, call.platform),
        scopes=scopes,
        client=call.request.query.get("client_id") or call.request.query.get("client_key"),
        back=urlsplit(call.request.query.get("redirect_uri", "")).netloc,
        error=error,
    )
    return html_answer(page, 400 if error else 200)


def broken(call: Call, reason: str) -> Answer:
    """The page shown when the product's own request is wrong; nothing is sent back to it."""
    call.outcome = "error"
    page = render("message.html", title="Something is not right", text=reason)
    return html_answer(page, 400)


def chosen(call: Call) -> Person | None:
    """The account the person allowed; None if they denied. ApiError if they chose none."""
    if call.arg("decision") != "allow":
        return None
    handle = (call.arg("new_handle") or call.arg("account")).strip().lstrip("@")
    if not handle or not all(char.isalnum() or char in "_." for char in handle):
        raise _again(call, "Choose an account or type a handle.")
    person = people.by_handle(call.world.db, call.platform, handle)
    if person is None:
        person = _new(call, handle)
    if person.kind != "owned":
        raise _again(call, "This handle belongs to somebody else.")
    call.actor = person
    return person


def granted(call: Call, asked: list[str]) -> list[str]:
    """What the person left ticked; all of `asked` where the form told nothing about scopes."""
    if not call.arg("scopes_shown"):
        return asked
    kept = [scope for scope in asked if call.body.get(f"scope:{scope}")]
    if not kept:
        raise _again(call, "Leave at least one permission ticked, or choose Deny.")
    return kept


def _again(call: Call, message: str) -> ApiError:
    error = ApiError(400, {})
    scopes = call.request.query.get("scope", "").replace(",", " ").split()
    error.answer = form(call, scopes, message)
    return error


def _new(call: Call, handle: str) -> Person:
    draw = Draw(call.world.seed, "new account", call.platform, handle.lower())
    topics = [draw.pick(words.INTERESTS) for _ in range(3)]
    spec: dict[str, object] = {
        "platform": call.platform,
        "handle": handle,
        "display_name": handle.replace("_", " ").title(),
        "bio": f"{topics[0].capitalize()} and {topics[1]}.",
        "interests": topics,
        "followers": 80 + draw.below(400),
        "following": 60 + draw.below(300),
        "posts": draw.below(80),
    }
    return people.create_owned(call.world.db, call.world.seed, call.now, spec)


def back(target: str, answer: dict[str, str], fragment: str = "") -> Answer:
    """Back to the product with `answer` in the query."""
    joint = "&" if urlsplit(target).query else "?"
    return redirect(f"{target}{joint}{urlencode(answer)}{fragment}")
