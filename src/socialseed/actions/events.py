"""The events of an action's life: one shape of data, one sentence a person can read."""

from dataclasses import dataclass
from uuid import UUID

from socialseed.core.events import Event, Plain
from socialseed.runtime.tx import Tx

_VERBS = {
    "follow": "follow {who}",
    "unfollow": "unfollow {who}",
    "like": "like a post of {who}",
    "unlike": "unlike a post of {who}",
    "comment": "comment on a post of {who}",
    "reply": "reply to {who}",
    "repost": "repost a post of {who}",
    "quote": "quote a post of {who}",
    "publish_text": "publish a text",
    "publish_image": "publish an image",
    "publish_video": "publish a video",
    "publish_carousel": "publish a carousel",
    "delete": "delete a post",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """The action that an event speaks of."""

    action_id: UUID
    account_id: UUID
    platform: str
    username: str
    action_type: str
    target_account: str | None
    light: str

    @property
    def phrase(self) -> str:
        """What it does, in words: `follow @mia`."""
        return phrase_of(self.action_type, self.target_account)


def phrase_of(action_type: str, target_account: str | None = None) -> str:
    """What a kind of action does, in words: `follow someone`."""
    who = f"@{target_account}" if target_account else "someone"
    return _VERBS[action_type].format(who=who)


def tell(tx: Tx, name: str, subject: Subject, status: str, sentence: str, **data: Plain) -> None:
    """The event `action.<name>` is in the log when the transaction commits."""
    body: dict[str, Plain] = {
        "status": status,
        "light": subject.light,
        "action_type": subject.action_type,
        "target_account": subject.target_account,
        "username": subject.username,
        "platform": subject.platform,
        **data,
    }
    tx.emit(Event(f"action.{name}", sentence, subject.account_id, subject.action_id, body))
