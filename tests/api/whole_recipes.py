"""How to call every operation: what it needs, who may, and where the ids of things go.

A text `$name` stands for that id of a side (see `whole.Side.ids`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.support.people import PASSWORD

# What a foreign id leads to: the thing is not there, the field is wrong as for an unknown id, the
# list is empty, it plays no part, or (with the password) it is who one is.
Foreign = Literal["hidden", "wrong", "empty", "harmless", "identity"]


@dataclass(frozen=True)
class Recipe:
    """One operation's call that goes well. `permission` None: public."""

    permission: str | None
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, object] = field(default_factory=dict)
    body: object = None
    status: int = 200
    foreign: Foreign = "hidden"

    @property
    def parts(self) -> dict[str, Any]:
        """Where the call says what: path, query and body."""
        return {"path": dict(self.path), "query": dict(self.query), "body": self.body}


TIKTOK = {"platform": "tiktok"}
ACCOUNT = {"account_id": "$account"}
RULE = {"rule_id": "$rule"}
EGRESS = {"egress_id": "$egress"}
PAGE = {"limit": "10"}
NEW_EGRESS = {
    "name": "Around the corner",
    "scheme": "socks5",
    "host": "proxy.example.com",
    "port": 1080,
    "country": "de",
    "user": "kim",
    "password": "a word",
}
VIDEO = {
    "media_url": "https://media.example.com/new.mp4",
    "text": "A new bowl, from clay to shelf.",
}
NEW_RULE = {
    "platform": "tiktok",
    "name": "Weavers",
    "account_id": "$account",
    "keywords": ["weaving", "looms"],
    "handles": ["weaver"],
    "action_types": ["follow", "like"],
    "daily_budget": 12,
    "min_followers": 10,
    "max_followers": 90_000,
    "text_template": "Lovely pattern, {name}!",
    "is_active": True,
}
HISTORY = {
    "status": ["succeeded", "awaiting_approval"],
    "account_id": "$account",
    "platform": "tiktok",
    "action_type": "publish_video",
    "light": "green",
    "q": "kiln",
    "since": "2026-01-01T00:00:00Z",
    "until": "2026-12-31T00:00:00Z",
    **PAGE,
}


def _action(name: str) -> dict[str, str]:
    return {"action_id": f"$action_{name}"}


AUTH = {
    "POST /auth/register": Recipe(
        None,
        body={
            "email": "new@example.com",
            "password": PASSWORD,
            "display_name": "New",
            "workspace_name": "Workshop",
        },
        status=201,
    ),
    "POST /auth/login": Recipe(
        None, body={"email": "$email", "password": PASSWORD}, foreign="identity"
    ),
    "POST /auth/refresh": Recipe(None),  # reads the cookie that login gave
    "POST /auth/logout": Recipe(None, status=204),
    "GET /auth/sessions": Recipe("self:read", query=PAGE),
    "DELETE /auth/sessions/{session_id}": Recipe(
        "self:write", {"session_id": "$session"}, status=204
    ),
    "POST /auth/workspace": Recipe("self:write", body={"workspace_id": "$workspace"}),
}
USERS = {
    "GET /users/profile": Recipe("self:read"),
    "PUT /users/profile": Recipe("self:write", body={"display_name": "Ada"}),
    "PUT /users/settings": Recipe(
        "self:write",
        body={
            "theme": "dark",
            "reduced_motion": True,
            "single_key_shortcuts": False,
        },
    ),
    "GET /users/api-keys": Recipe("keys:write", query=PAGE),
    "POST /users/api-keys": Recipe("keys:write", body={"name": "Second robot"}, status=201),
    "DELETE /users/api-keys/{key_id}": Recipe("keys:write", {"key_id": "$key"}, status=204),
    "GET /users/members": Recipe("members:write", query=PAGE),
    "POST /users/members": Recipe(
        "members:write", body={"email": "one.more@example.com", "role": "viewer"}, status=201
    ),
    "PUT /users/members/{user_id}": Recipe(
        "members:write", {"user_id": "$member"}, body={"role": "approver"}
    ),
    "DELETE /users/members/{user_id}": Recipe("members:write", {"user_id": "$member"}, status=204),
    "GET /users/invitations": Recipe("members:write", query=PAGE),
    "DELETE /users/invitations/{email}": Recipe("members:write", {"email": "$invited"}, status=204),
}
ACCOUNTS = {
    "GET /accounts": Recipe("accounts:read", query={"platform": "tiktok", "q": "o", **PAGE}),
    "POST /accounts": Recipe(
        "accounts:write",
        body={
            "platform": "twitter",
            "username": "@fresh_clay",
            "timezone": "Europe/Berlin",
            "daily_action_limit": 60,
            "established": False,
            "display_name": "Fresh clay",
            "tier": "self_serve",
            "egress_id": "$egress",
        },
        status=201,
        foreign="wrong",
    ),
    "POST /accounts/connect/{platform}": Recipe("accounts:write", TIKTOK, body=ACCOUNT),
    "GET /accounts/callback/{platform}": Recipe(
        None, TIKTOK, {"state": "$state", "code": "a-code"}, status=303, foreign="harmless"
    ),
    # Nobody but a platform gets further here: see test_webhooks.py.
    "GET /webhooks/{platform}": Recipe(None, TIKTOK, status=401, foreign="harmless"),
    "POST /webhooks/{platform}": Recipe(None, TIKTOK, status=401, foreign="harmless"),
    "GET /accounts/{account_id}": Recipe("accounts:read", ACCOUNT),
    "PUT /accounts/{account_id}": Recipe(
        "accounts:write",
        ACCOUNT,
        body={
            "timezone": "Europe/Paris",
            "daily_action_limit": 70,
            "is_active": True,
            "display_name": "Clay",
            "established": False,
            "egress_id": "$egress",
        },
        foreign="wrong",
    ),
    "DELETE /accounts/{account_id}": Recipe("accounts:write", {"account_id": "$spare"}, status=204),
    "GET /accounts/{account_id}/health": Recipe("accounts:read", ACCOUNT),
    "GET /accounts/{account_id}/setup": Recipe("accounts:read", ACCOUNT),
    "GET /accounts/{account_id}/plan": Recipe("accounts:read", ACCOUNT, {"on": "2026-03-02"}),
    "GET /accounts/{account_id}/autonomy": Recipe("actions:read", ACCOUNT),
    "DELETE /accounts/{account_id}/autonomy/{grant_id}": Recipe(
        "actions:approve", {**ACCOUNT, "grant_id": "$grant"}, status=204
    ),
    "GET /platforms": Recipe("platforms:read"),
    "GET /platforms/{platform}/limits": Recipe("platforms:read", TIKTOK),
    "POST /platforms/{platform}/test": Recipe("accounts:write", TIKTOK, body=ACCOUNT),
}
WAYS_OUT = {
    "GET /egress": Recipe("accounts:read", query=PAGE),
    "POST /egress": Recipe("accounts:write", body=NEW_EGRESS, status=201),
    "GET /egress/presets": Recipe("accounts:read"),
    "GET /egress/{egress_id}": Recipe("accounts:read", EGRESS),
    "PUT /egress/{egress_id}": Recipe(
        "accounts:write", EGRESS, body={**NEW_EGRESS, "name": "The same way"}
    ),
    "POST /egress/{egress_id}/check": Recipe("accounts:write", EGRESS),
    "DELETE /egress/{egress_id}": Recipe(
        "accounts:write", {"egress_id": "$spare_egress"}, status=204
    ),
}
ACTIONS = {
    "POST /actions": Recipe(
        "actions:propose",
        body={
            "account_id": "$account",
            "action_type": "publish_video",
            "target_account": "weaver",
            "target_data": VIDEO,
            "not_before": "2026-03-02T09:00:00Z",
        },
        status=201,
    ),
    "POST /actions/execute": Recipe("actions:approve", body=_action("scheduled")),
    "GET /actions/history": Recipe("actions:read", query=HISTORY, foreign="empty"),
    "GET /actions/{action_id}": Recipe("actions:read", _action("pending")),
    "GET /actions/{action_id}/verdicts": Recipe("actions:read", _action("pending"), PAGE),
    "POST /actions/{action_id}/cancel": Recipe(
        "actions:approve", _action("cancel"), body={"reason": "No longer wanted."}
    ),
    "POST /actions/{action_id}/replan": Recipe("actions:propose", _action("replan"), status=201),
    "POST /actions/{action_id}/complete": Recipe(
        "tasks:complete", _action("task"), body={"outcome": "done", "reason": "r", "note": "n"}
    ),
    "POST /actions/{action_id}/resolve": Recipe(
        "actions:approve", _action("unknown"), body={"outcome": "failed", "note": "Not there."}
    ),
    "GET /approvals/pending": Recipe(
        "actions:read",
        query={
            "light": "yellow",
            "account_id": "$account",
            "platform": "tiktok",
            "q": "k",
            "deferred": "false",
            **PAGE,
        },
        foreign="empty",
    ),
    "GET /approvals/summary": Recipe("actions:read"),
    "GET /approvals/attention": Recipe("actions:read"),
    "POST /approvals/{action_id}/open": Recipe("actions:approve", _action("approve"), status=204),
    "POST /approvals/bulk": Recipe(
        "actions:approve",
        body={"ids": ["$action_bulk"], "decision": "reject", "reason": "off_topic"},
        foreign="empty",
    ),
    "POST /approvals/{action_id}/approve": Recipe(
        "actions:approve",
        _action("approve"),
        body={"edits": {"text": "Kiln news.", "media_url": VIDEO["media_url"], "alt_text": "A"}},
    ),
    "POST /approvals/{action_id}/reject": Recipe(
        "actions:approve", _action("reject"), body={"reason": "bad_text", "note": "Too long."}
    ),
    "POST /approvals/{action_id}/snooze": Recipe(
        "actions:approve", _action("snooze"), body={"until": "2026-03-02T09:00:00Z"}
    ),
    "POST /approvals/{action_id}/undo": Recipe("actions:approve", _action("rejected")),
    "GET /tasks": Recipe(
        "actions:read", query={"state": "all", **ACCOUNT, **PAGE}, foreign="empty"
    ),
    "GET /tasks/next": Recipe("actions:read", query=ACCOUNT, foreign="empty"),
    "POST /tasks/{action_id}/later": Recipe(
        "tasks:complete", _action("later"), body={"minutes": 30}
    ),
    "GET /people/do-not-contact": Recipe(
        "actions:read", query={"platform": "tiktok", "q": "quiet", **PAGE}
    ),
    "POST /people/{platform}/{handle}/do-not-contact": Recipe(
        "actions:approve",
        {"platform": "tiktok", "handle": "@Stranger"},
        body={"because": "their_wish"},
    ),
    "DELETE /people/{platform}/{handle}/do-not-contact": Recipe(
        "people:restore", {"platform": "tiktok", "handle": "quiet0"}, status=204
    ),
    "POST /emergency-stop": Recipe(
        "stop:write", body={"scope": "account", "id": "$account", "reason": "A test."}, status=201
    ),
    "GET /emergency-stop": Recipe("actions:read"),
    "DELETE /emergency-stop": Recipe("stop:write", query={"id": "$stop"}),
}
TARGETING = {
    "GET /targeting": Recipe("targeting:read", query=PAGE),
    "POST /targeting": Recipe("targeting:write", body=NEW_RULE, status=201, foreign="wrong"),
    "GET /targeting/{rule_id}": Recipe("targeting:read", RULE),
    "PUT /targeting/{rule_id}": Recipe(
        "targeting:write",
        RULE,
        body={k: v for k, v in NEW_RULE.items() if k != "platform"},
        foreign="wrong",
    ),
    "DELETE /targeting/{rule_id}": Recipe(
        "targeting:write", {"rule_id": "$spare_rule"}, status=204
    ),
    "POST /targeting/{rule_id}/discover": Recipe("targeting:write", RULE, status=202),
    "GET /targeting/{rule_id}/candidates": Recipe("targeting:read", RULE, PAGE),
}
POLICY = {
    "GET /policy": Recipe("policy:read"),
    "GET /policy/versions": Recipe("policy:read", query=PAGE),
    "PUT /policy": Recipe(
        "policy:write",
        body={
            "numbers": {"limits.phase_1": 60, "gates.min_unedited_share": 0.8},
            "version": 3,
            "reason": "A quieter beginning.",
        },
    ),
}
SIMULATIONS = {
    "GET /simulations": Recipe("simulations:read", query=PAGE),
    "POST /simulations": Recipe(
        "workspace:write",
        body={
            "accounts": 2,
            "days": 14,
            "seed": "spring",
            "enforcement": "strict",
            "numbers": {"limits.phase_1": 60},
        },
        status=202,
    ),
    "GET /simulations/{simulation_id}": Recipe(
        "simulations:read", {"simulation_id": "$simulation"}
    ),
    "DELETE /simulations/{simulation_id}": Recipe(
        "workspace:write", {"simulation_id": "$spare_simulation"}, status=204
    ),
}
REST = {
    "GET /analytics/overview": Recipe("analytics:read", query={"days": "30"}),
    "GET /analytics/growth/{account_id}": Recipe("analytics:read", ACCOUNT, {"days": "30"}),
    "GET /analytics/performance": Recipe("analytics:read", query={"days": "30", **ACCOUNT}),
    "GET /analytics/export": Recipe(
        "analytics:read", query={"what": "actions", "format": "json", "days": "30"}
    ),
    "GET /events": Recipe("events:read"),
    "GET /activity": Recipe(
        "events:read", query={"type": "action.proposed", **ACCOUNT, **PAGE}, foreign="empty"
    ),
    "GET /platform-health": Recipe("monitoring:read"),
    "GET /monitoring/alerts": Recipe("monitoring:read"),
    "GET /incidents": Recipe(
        "monitoring:read", query={**ACCOUNT, **PAGE, "open_only": "true"}, foreign="empty"
    ),
    "GET /incidents/{incident_id}": Recipe("monitoring:read", path={"incident_id": "$incident"}),
    "POST /incidents/{incident_id}/close": Recipe(
        "actions:approve", {"incident_id": "$silent"}, body={"note": "I looked: it is all there."}
    ),
    "GET /privacy/consents": Recipe("privacy:read"),
    "PUT /privacy/consents": Recipe(
        "workspace:write", body={"items": [{"kind": "publish", "granted": True}]}
    ),
    "POST /privacy/export": Recipe("privacy:export", status=202),
    "GET /privacy/export/{export_id}": Recipe(
        "privacy:export", {"export_id": "$export"}, {"download": "false"}
    ),
    "DELETE /privacy/people/{platform}/{handle}": Recipe(
        "workspace:write", {"platform": "tiktok", "handle": "potter0"}, status=204
    ),
    "DELETE /privacy/me": Recipe("self:delete", body={"password": PASSWORD}, status=204),
    "GET /health": Recipe(None),
    "GET /health/ready": Recipe(None),
    "GET /metrics": Recipe(None),
}
# In an order in which each call still finds what it needs; leaving comes last.
RECIPES: Mapping[str, Recipe] = {
    key: recipe
    for part in (ACTIONS, TARGETING, SIMULATIONS, ACCOUNTS, WAYS_OUT, USERS, POLICY, REST, AUTH)
    for key, recipe in part.items()
    if key not in ("DELETE /privacy/me", "POST /auth/logout", "POST /auth/workspace")
} | {
    "POST /auth/logout": AUTH["POST /auth/logout"],
    "POST /auth/workspace": AUTH["POST /auth/workspace"],
    "DELETE /privacy/me": REST["DELETE /privacy/me"],
}
