"""A public client of X drives the sandbox: what tweepy understands, the sandbox said rightly.

Tweepy speaks to `api.twitter.com`, the old name of `api.x.com`; its session is told the way. It
signs writes with OAuth 1.0a unless told otherwise: here it carries OAuth 2.0 tokens (`user_auth`).
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
import tweepy
from requests.adapters import HTTPAdapter

from tests.sandbox.conftest import Sandbox

OLD_HOST = "https://api.twitter.com"


class Way(HTTPAdapter):
    """Leads the platform's address to the sandbox; keeps answers, and lets time pass at a limit."""

    def __init__(self, box: Sandbox) -> None:
        super().__init__()
        self.box = box
        self.answers: list[requests.Response] = []
        self.passing: dict[str, float] = {}

    def send(self, request: Any, *args: Any, **more: Any) -> requests.Response:
        assert request.url.startswith(OLD_HOST)
        request.url = f"{self.box.url}/api.x.com{request.url.removeprefix(OLD_HOST)}"
        answer = super().send(request, *args, **more)
        self.answers.append(answer)
        if answer.status_code == 429 and self.passing:
            self.box.advance(**self.passing)
        return answer


class Client(tweepy.Client):  # type: ignore[misc]
    """Tweepy with an account's OAuth 2.0 token."""

    def __init__(self, box: Sandbox, handle: str, **more: Any) -> None:
        super().__init__(bearer_token=box.token("twitter", handle), **more)
        self.way = Way(box)
        self.session.mount(OLD_HOST, self.way)


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[Client]:
    sandbox.account("twitter", "mara_makes")
    sandbox.account("twitter", "other_one")
    found = Client(sandbox, "mara_makes")
    yield found
    found.session.close()


def enterprise(box: Sandbox) -> None:
    box.control("POST", "/tier", {"platform": "twitter", "tier": "enterprise"})


def some_tweet(client: Client) -> Any:
    found = client.search_recent_tweets("coffee -is:retweet", tweet_fields=["author_id"])
    return found.data[0]


def test_it_knows_itself_and_others(client: Client) -> None:
    me = client.get_me(user_auth=False, user_fields=["public_metrics", "created_at"]).data
    assert me.username == "mara_makes"
    assert me.public_metrics["followers_count"] == 900
    assert me.created_at.tzinfo is not None
    other = client.get_user(username="other_one").data
    assert client.get_user(id=other.id).data.username == "other_one"
    both = client.get_users(usernames=["mara_makes", "other_one", "nobody_at_all"])
    assert [user.username for user in both.data] == ["mara_makes", "other_one"]
    assert both.errors[0]["title"] == "Not Found Error"


def test_somebody_who_is_not_there_is_an_error_beside_no_data(client: Client) -> None:
    missing = client.get_user(username="nobody_at_all")
    assert missing.data is None
    assert missing.errors[0]["value"] == "nobody_at_all"


def test_it_posts_once_reads_it_and_deletes_it(client: Client, sandbox: Sandbox) -> None:
    made = client.create_tweet(text="Kiln notes", user_auth=False).data
    assert made["text"] == "Kiln notes"
    read = client.get_tweet(made["id"], tweet_fields=["created_at", "public_metrics"]).data
    assert (str(read.id), read.text) == (made["id"], "Kiln notes")
    assert read.edit_history_tweet_ids == [int(made["id"])]
    with pytest.raises(tweepy.Forbidden, match="duplicate content"):
        client.create_tweet(text="Kiln notes", user_auth=False)
    assert client.delete_tweet(made["id"], user_auth=False).data == {"deleted": True}
    assert [entry["text"] for entry in sandbox.done("publish_text")] == ["Kiln notes"]
    assert len(sandbox.done("delete")) == 1


def test_it_pages_through_a_search_without_repeats(client: Client) -> None:
    pages = list(
        tweepy.Paginator(
            client.search_recent_tweets,
            "#coffee OR baking",
            max_results=10,
            limit=3,
            expansions=["author_id"],
            user_fields=["username"],
            tweet_fields=["author_id", "created_at"],
        )
    )
    ids = [tweet.id for page in pages for tweet in page.data]
    assert len(ids) == len(set(ids)) == 30
    assert ids == sorted(ids, reverse=True)
    for page in pages:
        people = {user.id for user in page.includes["users"]}
        assert {tweet.author_id for tweet in page.data} <= people
        assert page.meta["result_count"] == 10
    assert pages[1].meta["newest_id"] == str(ids[10])


def test_it_pages_through_mentions_back_to_the_first(client: Client, sandbox: Sandbox) -> None:
    other = Client(sandbox, "other_one")
    for n in range(7):
        other.create_tweet(text=f"Hey @mara_makes, number {n}?", user_auth=False)
        sandbox.advance(minutes=1)
    me = client.get_me(user_auth=False).data
    texts = [
        tweet.text
        for tweet in tweepy.Paginator(client.get_users_mentions, me.id, max_results=5).flatten()
    ]
    ours = [text for text in texts if text.startswith("Hey @mara_makes")]
    assert ours == [f"Hey @mara_makes, number {n}?" for n in reversed(range(7))]
    nobody = client.get_users_mentions(other.get_me(user_auth=False).data.id)
    assert (nobody.data, nobody.meta) == (None, {"result_count": 0})
    other.session.close()


def test_likes_and_follows_are_for_enterprise(client: Client, sandbox: Sandbox) -> None:
    tweet = some_tweet(client)
    with pytest.raises(tweepy.Forbidden) as caught:
        client.like(tweet.id, user_auth=False)
    assert caught.value.response.json()["reason"] == "client-not-enrolled"
    enterprise(sandbox)
    assert client.like(tweet.id, user_auth=False).data == {"liked": True}
    followed = client.follow_user(tweet.author_id, user_auth=False).data
    assert followed in (
        {"following": True, "pending_follow": False},
        {"following": False, "pending_follow": True},
    )
    assert client.retweet(tweet.id, user_auth=False).data["retweeted"] is True
    me = client.get_me(user_auth=False).data
    liked = client.get_liked_tweets(me.id, user_auth=False).data
    assert [one.id for one in liked] == [tweet.id]
    assert client.unlike(tweet.id, user_auth=False).data == {"liked": False}
    assert client.unfollow_user(tweet.author_id, user_auth=False).data == {"following": False}
    verbs = [e["verb"] for e in sandbox.journal() if e["outcome"] == "performed"]
    assert verbs == ["like", "follow", "repost", "unlike", "unfollow"]


def test_a_reply_to_a_stranger_is_refused_on_self_serve(client: Client, sandbox: Sandbox) -> None:
    tweet = some_tweet(client)
    with pytest.raises(tweepy.Forbidden, match="have not been mentioned"):
        client.create_tweet(text="Nice", in_reply_to_tweet_id=tweet.id, user_auth=False)
    enterprise(sandbox)
    client.create_tweet(text="Nice", in_reply_to_tweet_id=tweet.id, user_auth=False)
    client.create_tweet(text="This.", quote_tweet_id=tweet.id, user_auth=False)
    mine = client.get_users_tweets(
        client.get_me(user_auth=False).data.id, tweet_fields=["referenced_tweets"]
    ).data
    told = {one.text: one.referenced_tweets[0] for one in mine if one.referenced_tweets}
    assert (told["Nice"].type, told["Nice"].id) == ("replied_to", tweet.id)
    assert (told["This."].type, told["This."].id) == ("quoted", tweet.id)


def exhaust(client: Client) -> None:
    while client.way.answers[-1].headers["x-rate-limit-remaining"] != "0":
        client.get_me(user_auth=False)


def test_a_used_up_window_is_an_error_that_tells_when_it_opens(
    client: Client, sandbox: Sandbox
) -> None:
    client.get_me(user_auth=False)
    exhaust(client)
    assert len(client.way.answers) == 75
    with pytest.raises(tweepy.TooManyRequests) as caught:
        client.get_me(user_auth=False)
    opens = caught.value.reset_time
    assert str(opens) == client.way.answers[0].headers["x-rate-limit-reset"]
    sandbox.advance(minutes=15)
    assert client.get_me(user_auth=False).data.username == "mara_makes"


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Sandbox]:
    """A sandbox whose clock stands an hour ago: every window's end lies in tweepy's past."""
    box = Sandbox(tmp_path / "home")
    then = datetime.now(UTC) - timedelta(hours=1)
    told = box.control("POST", "/clock", {"mode": "manual", "now": then.isoformat()})
    assert datetime.fromisoformat(told["now"]) <= then
    yield box
    box.close()


@pytest.mark.timeout(120)
def test_it_waits_at_a_used_up_window_and_then_goes_on(past: Sandbox) -> None:
    past.account("twitter", "mara_makes")
    client = Client(past, "mara_makes", wait_on_rate_limit=True)
    client.get_me(user_auth=False)
    exhaust(client)
    client.way.passing = {"minutes": 15}
    assert client.get_me(user_auth=False).data.username == "mara_makes"
    statuses = [answer.status_code for answer in client.way.answers]
    assert statuses == [200] * 75 + [429, 200]
    assert client.way.answers[-1].headers["x-rate-limit-remaining"] == "74"
    client.session.close()


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("500", tweepy.TwitterServerError),
        ("503", tweepy.TwitterServerError),
        ("429", tweepy.TooManyRequests),
        ("token_expired", tweepy.Unauthorized),
    ],
)
def test_a_failure_is_what_tweepy_takes_it_for(
    client: Client, sandbox: Sandbox, mode: str, error: type[tweepy.HTTPException]
) -> None:
    sandbox.fault(mode, verb="me", times=1)
    with pytest.raises(error):
        client.get_me(user_auth=False)
    assert client.get_me(user_auth=False).data.username == "mara_makes"
