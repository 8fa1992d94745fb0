"""X's endpoints: path, scopes, the journal's verb and the documented calls per window."""

from socialseed.sandbox.call import Handler, Route, path_pattern
from socialseed.sandbox.platforms import x_billing, x_insights, x_media, x_oauth, x_reads, x_writes

_READ = ("tweet.read", "users.read")
_WRITE = ("tweet.read", "tweet.write", "users.read")
_QUARTER = 900


def _api(
    method: str, path: str, handler: Handler, verb: str, scopes: tuple[str, ...], limit: int,
    app: int = 0,
) -> Route:  # fmt: skip
    """`limit` and `app` are calls in 15 minutes of an account and of an app by itself; 0: never."""
    chosen = x_writes.create_verb if verb == "create" else verb
    return Route(
        method, path_pattern(path), x_billing.priced(handler), chosen, x_oauth.authenticate, scopes,
        limit, _QUARTER, f"{method} {path}", app,
    )  # fmt: skip


_FOLLOWS = ("follows.read", *_READ)
_FOLLOW = ("follows.write", *_READ)
_LIKE = ("like.write", *_READ)
_MEDIA = ("media.write",)

AUTHORIZE: tuple[Route, ...] = (
    Route("GET", path_pattern("/i/oauth2/authorize"), x_oauth.authorize, "authorize"),
    Route("POST", path_pattern("/i/oauth2/authorize"), x_oauth.decide, "authorize"),
)
API: tuple[Route, ...] = (
    Route("POST", path_pattern("/2/oauth2/token"), x_oauth.token,
          lambda call: "refresh" if call.arg("grant_type") == "refresh_token" else "token"),
    Route("POST", path_pattern("/oauth2/token"), x_oauth.app_token, "token"),
    Route("POST", path_pattern("/2/oauth2/revoke"), x_oauth.revoke, "revoke"),
    _api("GET", "/2/users/me", x_reads.me, "me", _READ, 75),
    _api("GET", "/2/users/by/username/{username}", x_reads.user_by_name, "user_lookup", _READ,
         900, 300),
    _api("GET", "/2/users/by", x_reads.users_by, "user_lookup", _READ, 900, 300),
    _api("GET", "/2/users/reposts_of_me", x_reads.reposts_of_me, "posts",
         ("timeline.read", "tweet.read"), 75),
    _api("GET", "/2/users/search", x_reads.search_users, "search", _READ, 900, 300),
    _api("GET", "/2/users", x_reads.users_by, "user_lookup", _READ, 900, 300),
    _api("GET", "/2/users/{id}", x_reads.user_by_id, "user_lookup", _READ, 900, 300),
    _api("GET", "/2/users/{id}/tweets", x_reads.user_tweets, "posts", _READ, 900, 10000),
    _api("GET", "/2/users/{id}/timelines/reverse_chronological", x_reads.home, "posts", _READ, 180),
    _api("GET", "/2/users/{id}/mentions", x_reads.mentions, "mentions", _READ, 300, 450),
    _api("GET", "/2/users/{id}/liked_tweets", x_reads.liked_tweets, "posts",
         ("like.read", *_READ), 75, 75),
    _api("GET", "/2/users/{id}/following", x_reads.following, "user_lookup", _FOLLOWS, 300, 300),
    _api("GET", "/2/users/{id}/followers", x_reads.followers, "user_lookup", _FOLLOWS, 300, 300),
    _api("GET", "/2/tweets/search/recent", x_reads.search, "search", _READ, 300, 450),
    _api("GET", "/2/tweets/search/all", x_reads.search, "search", _READ, 0, 300),
    _api("GET", "/2/tweets/counts/recent", x_insights.counts, "search", _READ, 0, 300),
    _api("GET", "/2/tweets/counts/all", x_insights.counts, "search", _READ, 0, 300),
    _api("GET", "/2/usage/tweets", x_billing.usage, "limits", (), 0, 50),
    _api("GET", "/2/tweets/analytics", x_insights.analytics, "insights", _READ, 300, 300),
    _api("GET", "/2/tweets/{id}/quote_tweets", x_reads.quotes, "posts", _READ, 75, 75),
    _api("GET", "/2/tweets/{id}/liking_users", x_reads.liking_users, "user_lookup",
         ("like.read", *_READ), 75, 75),
    _api("GET", "/2/tweets/{id}/retweeted_by", x_reads.liking_users, "user_lookup", _READ, 75, 75),
    _api("GET", "/2/tweets/{id}", x_reads.tweet, "post_lookup", _READ, 900, 450),
    _api("GET", "/2/tweets", x_reads.tweets, "post_lookup", _READ, 5000, 3500),
    _api("POST", "/2/tweets", x_writes.create, "create", _WRITE, 100),
    _api("DELETE", "/2/tweets/{id}", x_writes.delete, "delete", _WRITE, 50),
    _api("PUT", "/2/tweets/{id}/hidden", x_writes.hide, "other",
         ("tweet.moderate.write", *_READ), 50),
    _api("POST", "/2/users/{id}/likes", x_writes.like, "like", _LIKE, 50),
    _api("DELETE", "/2/users/{id}/likes/{tweet_id}", x_writes.unlike, "unlike", _LIKE, 50),
    _api("POST", "/2/users/{id}/retweets", x_writes.repost, "repost", _WRITE, 50),
    _api("DELETE", "/2/users/{id}/retweets/{tweet_id}", x_writes.unrepost, "unrepost", _WRITE, 50),
    _api("POST", "/2/users/{id}/following", x_writes.follow, "follow", _FOLLOW, 50),
    _api("DELETE", "/2/users/{id}/following/{target}", x_writes.unfollow, "unfollow", _FOLLOW, 50),
    _api("POST", "/2/media/upload/initialize", x_media.initialize, "media", _MEDIA, 1875),
    _api("POST", "/2/media/upload/{id}/append", x_media.append, "media", _MEDIA, 1875),
    _api("POST", "/2/media/upload/{id}/finalize", x_media.finalize, "media", _MEDIA, 1875),
    _api("POST", "/2/media/upload", x_media.upload, "media", _MEDIA, 500),
    _api("GET", "/2/media/upload", x_media.status, "status", _MEDIA, 1000),
    _api("POST", "/2/media/metadata", x_media.metadata, "media", _MEDIA, 500),
)  # fmt: skip
