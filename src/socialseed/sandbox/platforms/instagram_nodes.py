"""Instagram's reads of one object by id: the account, a medium, a comment or a container."""

from socialseed.sandbox.call import Call, Json
from socialseed.sandbox.http import Answer, json_answer
from socialseed.sandbox.platforms import instagram_publish as publish
from socialseed.sandbox.platforms import instagram_shape as shape
from socialseed.sandbox.platforms.instagram_errors import bad_parameter, graph_error, not_there
from socialseed.sandbox.platforms.instagram_reads import FACEBOOK, medium
from socialseed.sandbox.world import graph, people, standing

_DISCOVERY = frozenset(
    ("instagram_basic", "instagram_manage_insights", "pages_read_engagement")
)  # fmt: skip
_SPECIAL = ("business_discovery", "mentioned_comment", "mentioned_media")


def node(call: Call) -> Answer:
    """Whatever the id names."""
    named = call.params["id"]
    if named in (call.me.uid, shape.app_id(call.me)):
        return _account(call)
    row = publish.row_of(call, named)
    if row is not None:
        call.verb, call.target = "status", named
        return json_answer(publish.container(call, row))
    post = medium(call, named)
    call.verb, call.target = "post_lookup", named
    if post.kind == "comment":
        return json_answer(shape.comment(call, post, shape.asked(call, "id,text,timestamp")))
    if post.author != call.me.id:
        raise not_there(named)
    return json_answer(shape.media(call, post, shape.asked(call, "id")))


def node_verb(call: Call) -> str:
    """What a GET of one node is, as far as the path tells."""
    named = call.params["id"]
    discovers = "business_discovery" in call.arg("fields")
    mine = call.actor is not None and named in (call.me.uid, shape.app_id(call.me))
    return "user_lookup" if discovers else "me" if mine else "post_lookup"


def _account(call: Call) -> Answer:
    fields = shape.asked(call, "id,username")
    shown = shape.user(call, call.me, [one for one in fields if one.name not in _SPECIAL])
    for one in fields:
        if one.name in _SPECIAL and call.host != FACEBOOK:
            raise bad_parameter(f"Tried accessing nonexisting field ({one.name})")
        if one.name == "business_discovery":
            shown[one.name] = _discover(call, one)
        elif one.name in _SPECIAL:
            shown[one.name] = _mentioned(call, one)
    return json_answer(shown)


def _discover(call: Call, one: shape.Field) -> Json:
    handle = one.args.get("username", "")
    call.target = handle
    granted = call.token.scopes if call.token is not None else frozenset()
    if not granted >= _DISCOVERY:
        raise graph_error(403, 10, "(#10) Application does not have permission for this action")
    person = people.by_handle(call.world.db, "instagram", handle)
    # Personal accounts are invisible to discovery; here everybody active counts as professional.
    hidden = person is None or standing.of(call.world.db, person.id) != standing.OPEN
    if person is None or hidden or (person.kind == "person" and person.followers < 40):
        message = f"The user with username: {handle} cannot be found"
        raise graph_error(400, 110, message, 2207013)
    return shape.user(call, person, one.inner or [shape.Field("id")], linked=False)


def _mentioned(call: Call, one: shape.Field) -> Json:
    """The comment, or the medium, of somebody else that names the account."""
    pid = one.args.get("comment_id") or one.args.get("media_id") or ""
    post = medium(call, pid)
    call.target = pid
    if not graph.summoned(call.world.db, call.me, post):
        raise not_there(pid)
    inner = one.inner or [shape.Field("id")]
    if one.name == "mentioned_comment":
        return shape.comment(call, post, inner)
    return shape.media(call, post, inner)
