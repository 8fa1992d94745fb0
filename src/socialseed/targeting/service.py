"""The verbs on targeting rules. A rule belongs to one platform for ever, and to one account or to
all.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete as delete_from
from sqlalchemy import insert, select, update

from socialseed.accounts.models import SocialAccount
from socialseed.core.errors import invalid
from socialseed.policy.capabilities.ledger import LEDGER, Ledger
from socialseed.runtime.tx import Tx
from socialseed.targeting import events, queries
from socialseed.targeting.models import TargetingRule
from socialseed.targeting.schemas import NewRule, RuleChange

DISCOVER = "targeting.discover"
_NULLABLE = frozenset({"account_id", "min_followers", "max_followers", "text_template"})


async def create(tx: Tx, new: NewRule, ledger: Ledger = LEDGER) -> UUID:
    """The rule's id; a search for people is queued. Raises INVALID for what cannot work."""
    tx.connectors.known(new.platform)
    await _check_account(tx, new.account_id, new.platform)
    _check_actions(ledger, new.platform, new.action_types)
    _check_followers(new.min_followers, new.max_followers)
    _check_finds(new.keywords, new.handles)
    rule_id = tx.new_id()
    values = new.model_dump()
    await tx.session.execute(
        insert(TargetingRule).values(
            id=rule_id,
            workspace_id=tx.tenant,
            created_at=tx.now,
            updated_at=tx.now,
            **values,
        )
    )
    tx.emit(events.rule_created(rule_id, new.name, new.platform, new.account_id))
    if new.is_active:
        await discover_soon(tx, rule_id)
    return rule_id


async def change(tx: Tx, rule_id: UUID, wanted: RuleChange, ledger: Ledger = LEDGER) -> None:
    """The named fields are changed. Raises NOT_FOUND, or INVALID for what cannot work."""
    rule = await queries.get_rule(tx, rule_id)
    values = {
        name: value
        for name, value in wanted.model_dump(exclude_unset=True).items()
        if value is not None or name in _NULLABLE
    }
    if not values:
        return
    after = {**{name: getattr(rule, name) for name in _CHECKED}, **values}
    await _check_account(tx, after["account_id"], rule.platform)
    _check_actions(ledger, rule.platform, after["action_types"])
    _check_followers(after["min_followers"], after["max_followers"])
    _check_finds(after["keywords"], after["handles"])
    await tx.session.execute(
        update(TargetingRule).where(TargetingRule.id == rule_id).values(updated_at=tx.now, **values)
    )
    tx.emit(events.rule_updated(rule_id, values.get("name", rule.name), sorted(values)))
    if values.keys() & {"keywords", "handles", "is_active"} and values.get("is_active", True):
        await discover_soon(tx, rule_id)


async def delete(tx: Tx, rule_id: UUID) -> None:
    """The rule and its candidates are gone; what it proposed stays. Raises NOT_FOUND."""
    rule = await queries.get_rule(tx, rule_id)
    await tx.session.execute(delete_from(TargetingRule).where(TargetingRule.id == rule_id))
    tx.emit(events.rule_deleted(rule_id, rule.name))


async def discover_soon(tx: Tx, rule_id: UUID) -> None:
    """A search for people by this rule is queued, at most one a minute. Raises NOT_FOUND."""
    await queries.get_rule(tx, rule_id)
    await tx.defer(
        DISCOVER,
        {"workspace_id": str(tx.tenant), "rule_id": str(rule_id)},
        dedupe_key=f"discover:{rule_id}:{tx.now:%Y%m%d%H%M}",
    )


_CHECKED = (
    "account_id",
    "action_types",
    "min_followers",
    "max_followers",
    "keywords",
    "handles",
)


async def _check_account(tx: Tx, account_id: UUID | None, platform: str) -> None:
    if account_id is None:
        return
    found = await tx.session.scalar(
        select(SocialAccount.platform).where(SocialAccount.id == account_id)
    )
    if found != platform:
        detail = "Choose an account of this workspace on the rule's platform."
        raise invalid("wrong_account", detail, "/account_id")


def _check_actions(ledger: Ledger, platform: str, action_types: Sequence[str]) -> None:
    offered = {row.action_type for row in ledger.rows(platform) if row.mode != "forbidden"}
    missing = [name for name in action_types if name not in offered]
    if missing:
        detail = f"This platform has no {missing[0]}. Choose among: {', '.join(sorted(offered))}."
        raise invalid("not_offered", detail, "/action_types")


def _check_finds(keywords: Sequence[str], handles: Sequence[str]) -> None:
    if not keywords and not handles:
        raise invalid("nothing_to_find", "Give at least one keyword or handle.", "/keywords")


def _check_followers(low: int | None, high: int | None) -> None:
    if low is not None and high is not None and low > high:
        detail = "The fewest followers must not be more than the most."
        raise invalid("empty_range", detail, "/max_followers")
