"""Reading back from X: what proves that an order was performed, and what proves nothing."""

import pytest

from socialseed.core.errors import Remedy, UpstreamError
from tests.contracts.twitter_world import GRANT, PROBLEMS, X, connected, order

GONE = {"errors": [{"title": "Not Found Error", "type": f"{PROBLEMS}resource-not-found"}]}
ENTRY = {"id": "77", "text": "Kiln notes", "created_at": "2026-03-01T12:00:01.000Z"}


def told(kind: str, post_id: str, names: str = "referenced_tweets") -> dict[str, object]:
    return {**ENTRY, names: [{"type": kind, "id": post_id}]}


def listed(*entries: object, following: str | None = None) -> dict[str, object]:
    meta = {"next_token": following} if following else {}
    return {**({"data": list(entries)} if entries else {}), "meta": meta}


ABOUT = {"text": "Kiln notes", "post_id": "11"}
POSTS = [
    ("publish_text", ENTRY, True),
    ("publish_text", {**ENTRY, "text": "Other notes"}, False),
    ("publish_text", told("replied_to", "11"), False),
    ("publish_text", told("retweeted", "11"), False),
    ("publish_image", {**ENTRY, "text": "Kiln notes https://t.co/a"}, True),
    ("publish_video", {**ENTRY, "text": "Kiln notes https://t.co/a"}, True),
    ("reply", told("replied_to", "11"), True),
    ("reply", told("replied_to", "12"), False),
    ("reply", ENTRY, False),
    ("comment", told("replied_to", "11", "referenced_posts"), True),
    ("quote", told("quoted", "11"), True),
    ("quote", told("quoted", "12"), False),
    ("repost", told("retweeted", "11"), True),
    ("repost", told("reposted", "11", "referenced_posts"), True),
]


@pytest.mark.parametrize(("kind", "entry", "found"), POSTS)
async def test_own_posts_tell_what_was_published(kind, entry, found):
    world = X({"GET /users/101/tweets": listed(entry), "GET /retweeted_by": listed()})
    async with connected(world) as x:
        receipt = await x.find(order(kind, **ABOUT), GRANT)
    assert (receipt is not None) is found
    if receipt is not None:
        assert receipt.remote_id == "77"
        assert str(receipt.remote_url).endswith("/mara_k/status/77")
    assert world.requests[0].url.params["start_time"] == "2026-03-01T11:58:00Z"


async def test_the_second_page_counts_and_an_endless_list_proves_nothing():
    pages = [listed({"id": "1", "text": "x"}, following="b"), listed(ENTRY)]
    async with connected(X({"GET /tweets": pages})) as x:
        assert await x.find(order("publish_text", **ABOUT), GRANT) is not None
    more = listed({"id": "1", "text": "x"}, following="b")
    async with connected(X({"GET /tweets": [more] * 9})) as x:
        with pytest.raises(UpstreamError, match="not_proven") as caught:
            await x.find(order("publish_text", **ABOUT), GRANT)
    assert caught.value.remedy is Remedy.RECONCILE


@pytest.mark.parametrize("status", [401, 429, 503])
async def test_a_look_that_fails_proves_nothing(status):
    pages = [listed({"id": "1", "text": "x"}, following="b"), (status, {"title": "no"}, {})]
    async with connected(X({"GET /tweets": pages})) as x:
        with pytest.raises(UpstreamError):
            await x.find(order("publish_text", **ABOUT), GRANT)


@pytest.mark.parametrize("kind", ["like", "unlike"])
@pytest.mark.parametrize("holds", [True, False])
async def test_likes_are_read_from_the_accounts_own(kind, holds):
    liked = listed({"id": "11"}) if holds else listed({"id": "12"})
    async with connected(X({"GET /users/101/liked_tweets": liked})) as x:
        receipt = await x.find(order(kind, post_id="11"), GRANT)
    assert (receipt is not None) is (holds == (kind == "like"))


@pytest.mark.parametrize("kind", ["follow", "unfollow"])
@pytest.mark.parametrize(
    ("status", "holds"),
    [
        (["following", "followed_by"], True),
        (["follow_request_sent"], True),
        (["followed_by"], False),
        (["none"], False),
        ([], False),
    ],
)
async def test_follows_are_read_from_the_connection(kind, status, holds):
    user = {"data": {"id": "22", "username": "c", "connection_status": status}}
    world = X({"GET /users/22": user, "GET /by/username/c": user})
    for about in ({"target_id": "22"}, {"target_handle": "c"}):
        async with connected(world) as x:
            receipt = await x.find(order(kind, **about), GRANT)
        assert (receipt is not None) is (holds == (kind == "follow"))


@pytest.mark.parametrize("holds", [True, False])
async def test_without_a_connection_the_followed_people_tell(holds):
    user = {"data": {"id": "22", "username": "c"}}
    people = listed({"id": "22" if holds else "23"})
    world = X({"GET /users/22": user, "GET /users/101/following": people})
    async with connected(world) as x:
        receipt = await x.find(order("follow", target_id="22"), GRANT)
    assert (receipt is not None) is holds


async def test_what_is_gone_was_deleted():
    for body, found in ((GONE, True), ({"data": ENTRY}, False)):
        async with connected(X({"GET /2/tweets/11": body})) as x:
            receipt = await x.find(order("delete", post_id="11"), GRANT)
        assert (receipt is not None) is found
    hidden = {"errors": [{"type": f"{PROBLEMS}not-authorized-for-resource"}]}
    async with connected(X({"GET /2/tweets/11": hidden})) as x:
        with pytest.raises(UpstreamError, match="target_protected"):
            await x.find(order("delete", post_id="11"), GRANT)


async def test_a_follow_of_a_protected_person_is_a_request():
    pending = {"data": {"following": False, "pending_follow": True}}
    world = X({"POST /users/101/following": pending})
    async with connected(world) as x:
        receipt = await x.perform(order("follow", target_id="22"), GRANT)
    assert receipt.evidence == {"pending_follow": True}
