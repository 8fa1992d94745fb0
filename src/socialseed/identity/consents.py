"""The workspace's consent for each kind of automation. Nobody asked yet is not a yes."""

from collections.abc import Mapping

from sqlalchemy import text

from socialseed.core.events import Event
from socialseed.identity.models import CONSENT_KINDS
from socialseed.runtime.tx import Tx

SENTENCES: Mapping[str, str] = {
    "publish": "SocialSeed may publish posts on your accounts after the approvals you require.",
    "engage": "SocialSeed may like, follow, reply and comment from your accounts"
    " after the approvals you require.",
    "discover": "SocialSeed may look for people and posts that match your rules"
    " and keep what it observed.",
    "ai_drafts": "SocialSeed may send post texts to an AI provider to draft replies.",
}

_UPSERT = text(
    "INSERT INTO consents AS c (workspace_id, kind, granted, user_id, at)"
    " VALUES (:workspace, :kind, :granted, :user, :now)"
    " ON CONFLICT (workspace_id, kind) DO UPDATE"
    " SET granted = excluded.granted, user_id = excluded.user_id, at = excluded.at"
    " WHERE c.granted IS DISTINCT FROM excluded.granted RETURNING 1"
)


async def list_all(tx: Tx) -> list[dict[str, object]]:
    """Every kind, granted or not, with what it means; `at` None while nobody decided."""
    rows = await tx.session.execute(
        text("SELECT kind, granted, at FROM consents WHERE workspace_id = :workspace"),
        {"workspace": tx.tenant},
    )
    decided = {row.kind: row for row in rows}
    return [
        {
            "kind": kind,
            "granted": decided[kind].granted if kind in decided else False,
            "at": decided[kind].at if kind in decided else None,
            "sentence": SENTENCES[kind],
        }
        for kind in CONSENT_KINDS
    ]


async def decide(tx: Tx, kind: str, granted: bool) -> None:
    """The workspace has said yes or no to `kind`. Saying the same again changes nothing."""
    changed = await tx.session.scalar(
        _UPSERT,
        {
            "workspace": tx.tenant,
            "kind": kind,
            "granted": granted,
            "user": tx.actor.id,
            "now": tx.now,
        },
    )
    if changed is None:
        return
    word = "gave" if granted else "withdrew"
    tx.emit(
        Event(
            "consent.changed",
            f"{tx.actor.name} {word} consent: {SENTENCES[kind]}",
            data={"kind": kind, "granted": granted},
        )
    )
