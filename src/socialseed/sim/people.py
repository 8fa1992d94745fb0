"""The scripted people of a world: who reviews, who does tasks, who fills the calendar, who mends.

They use the same doors as real people: services in their own name, page buttons by their own hand.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from socialseed.actions import decide, tasks_human
from socialseed.actions.propose import Proposal, submit
from socialseed.core.errors import AppError, Kind
from socialseed.core.rng import Rng
from socialseed.sim.desk import DeskError, NewPerson
from socialseed.sim.office import Office, grant
from socialseed.sim.scenario import REJECT_REASONS, Answers, Doer, Reviewer

_PENDING = text(
    "SELECT id, account_id, light, target_data ->> 'text' AS draft FROM actions"
    " WHERE account_id = ANY(CAST(:accounts AS uuid[])) AND status = 'awaiting_approval'"
    " AND (snoozed_until IS NULL OR snoozed_until <= :now)"
    " AND (deferred_until IS NULL OR deferred_until <= :now)"
    " ORDER BY worth DESC NULLS LAST, created_at, id LIMIT :limit"
)
_OPEN = text(
    "SELECT x.id, x.account_id, x.action_type, x.deep_link, a.username,"
    " x.target_data ->> 'text' AS draft FROM actions x"
    " JOIN social_accounts a ON a.id = x.account_id"
    " WHERE x.account_id = ANY(CAST(:accounts AS uuid[])) AND x.status = 'awaiting_human'"
    " AND x.unlocked_at IS NOT NULL ORDER BY x.account_id, x.id"
)
_TROUBLE = text(
    "SELECT i.id, i.kind, i.account_id, a.platform, a.username FROM incidents i"
    " JOIN social_accounts a ON a.id = i.account_id WHERE i.closed_at IS NULL"
    " AND i.kind IN ('warning', 'reconnect') AND i.opened_at <= :before ORDER BY i.opened_at, i.id"
)
MOST_CARDS = 400
# What is pressed on a page for each kind of task.
_BUTTONS = {
    "follow": "follow",
    "unfollow": "unfollow",
    "like": "like",
    "unlike": "unlike",
    "comment": "comment",
    "reply": "comment",
}
_TOLD = {"done": "done", "gone": "target_gone", "barred": "blocked"}
_FINE = (Kind.CONFLICT, Kind.INVALID)  # it was decided, expired or blocked meanwhile


async def review(office: Office, reviewer: Reviewer, accounts: Sequence[UUID]) -> None:
    """The reviewer goes through the queue while his minutes last: approves, edits, rejects."""
    stage = office.stage
    async with stage.runtime.begin(office.workspace, office.owner) as tx:
        bound = {"accounts": list(accounts), "now": tx.now, "limit": MOST_CARDS}
        cards = (await tx.session.execute(_PENDING, bound)).all()
    left, chosen = reviewer.minutes * 60, []
    for card in cards:
        left -= reviewer.answers(card.light).seconds
        if left < 0:
            break
        chosen.append(card)
    for account, some in groupby(sorted(chosen, key=_account), key=_account):
        await _decide(office, reviewer, account, some)


def _account(row: Row[Any]) -> str:
    return str(row.account_id)


async def _decide(
    office: Office, reviewer: Reviewer, account: str, cards: Iterable[Row[Any]]
) -> None:
    key = ("review", account)
    async with office.stage.runtime.begin(office.workspace, office.owner, key=key) as tx:
        for card in cards:
            answers = reviewer.answers(card.light)
            draw = office.stage.draw("review", card.id)
            office.spend("review", answers.seconds)
            what = _answer(answers, draw.random(), card.draft)
            try:
                if what == "approve":
                    await decide.approve(tx, office.stage.runtime, card.id)
                elif what == "edit":
                    office.spend("review", answers.edit_seconds)
                    edits = _edit(card.draft, draw)
                    await decide.approve(tx, office.stage.runtime, card.id, edits=edits)
                elif what == "reject":
                    reason = draw.choice(REJECT_REASONS)
                    await decide.reject(tx, office.stage.runtime, card.id, reason)
            except AppError as error:
                if error.kind not in _FINE:
                    raise


def _answer(answers: Answers, chance: float, draft: str | None) -> str:
    if chance < answers.approve:
        return "approve"
    if chance < answers.approve + answers.edit and draft:
        return "edit"
    return "reject" if chance < answers.approve + answers.edit + answers.reject else "leave"


def _edit(draft: str, draw: Rng) -> decide.Edits:
    ending = draw.choice(("Thank you!", "Have a good week.", "Cheers."))
    return decide.Edits(text=f"{draft} {ending}")


async def do_tasks(office: Office, doer: Doer, accounts: Sequence[UUID]) -> bool:
    """The doer opens the unlocked task of each account, presses its button, and tells what
    happened. True when there was anything to do.
    """
    stage = office.stage
    async with stage.runtime.begin(office.workspace, office.owner) as tx:
        rows = (await tx.session.execute(_OPEN, {"accounts": list(accounts)})).all()
    for row in rows:
        outcome = await _do(office, doer, row)
        key = ("task", row.id)
        async with stage.runtime.begin(office.workspace, office.owner, key=key) as tx:
            try:
                await tasks_human.complete(tx, stage.runtime, row.id, outcome)
            except AppError as error:
                # The task went away meanwhile.
                if error.kind is not Kind.CONFLICT:
                    raise
    return bool(rows)


async def _do(office: Office, doer: Doer, row: Row[Any]) -> str:
    office.spend("tasks", doer.seconds)
    chance = office.stage.draw("task", row.id).random()
    if chance >= doer.done + doer.gone:
        return "changed_mind"
    if chance >= doer.done or row.deep_link is None or row.action_type not in _BUTTONS:
        return "target_gone"
    button = _BUTTONS[row.action_type]
    said = row.draft if button == "comment" else None
    return _TOLD[await office.stage.desk.press(row.deep_link, row.username, button, said)]


async def mend(office: Office, after: timedelta) -> None:
    """The owner sees to what an incident asks of a person: logs in, connects again."""
    stage = office.stage
    async with stage.runtime.begin(office.workspace, office.owner) as tx:
        rows = (await tx.session.execute(_TROUBLE, {"before": tx.now - after})).all()
    for row in rows:
        if row.id in office.seen:
            continue
        office.seen.add(row.id)
        office.spend("trouble", 180.0)
        await stage.desk.log_in(row.platform, row.username)
        if row.kind == "reconnect":
            try:
                await grant(office, row.account_id, row.platform, row.username)
            except DeskError:  # a suspended account is let nowhere
                continue


_POSTS = (
    "A slow morning with {a}. What is on your table today?",
    "Three things {a} taught us about {b}.",
    "Small progress on {a} today, and that is enough.",
    "If you are new to {a}: begin with the smallest step that is fun.",
    "We asked what makes {a} worth the time. Your answers were lovely.",
    "Notes from this week: a little {a}, a lot of {b}.",
    "The best advice on {a} we got this year came from a stranger.",
    "Behind the scenes of {a}: more patience than talent.",
    "What would you ask somebody who does {a} every day?",
    "Today is for {b}. Tomorrow we are back to {a}.",
)
_FIRST = (
    "It rained all day, so there was time.",
    "A neighbour asked about it again.",
    "Found an old notebook this week.",
    "We nearly gave up on this one.",
    "Four of us tried, one of us managed.",
    "The light was right for once.",
    "Back from a short break.",
    "Our youngest had the idea.",
    "Nobody told us how long it would take.",
    "This began as a favour for a friend.",
    "The second try went better.",
)
_LAST = (
    "Tell us what you would change.",
    "Pictures of the mess are coming.",
    "Next week we go one step further.",
    "Ask away, we read everything.",
    "Thanks to everybody who wrote.",
    "The recipe is simpler than it looks.",
    "There is one detail you may spot.",
    "We keep a list of your ideas.",
    "More when the paint has dried.",
    "Save it for a slow evening.",
    "Who else is in?",
    "Until Sunday, then.",
    "That is all for today.",
)
_KIND = {"tiktok": "publish_image", "instagram": "publish_image", "twitter": "publish_text"}


def own_post(person: NewPerson, number: int, draw: Rng) -> tuple[str, dict[str, object]]:
    """The `number`-th post of an account's calendar: its kind and what it carries."""
    a, b = draw.sample(list(person.interests), 2)
    # People write their own words: no two accounts say nearly the same.
    middle = _POSTS[number % len(_POSTS)].format(a=a, b=b)
    words = f"{draw.choice(_FIRST)} {middle} {draw.choice(_LAST)} (no. {number + 1})"
    kind = _KIND[person.platform]
    data: dict[str, object] = {"text": words}
    if kind == "publish_image":
        data["media_url"] = f"https://media.example/{person.handle}/{number + 1}.jpg"
        data["alt_text"] = f"A picture about {a}"
    return kind, data


async def fill_calendar(office: Office, account: UUID, person: NewPerson, number: int) -> None:
    """The owner's content calendar, a machine with a key of its own, proposes a post."""
    draw = office.stage.draw("post", person.platform, person.handle, number)
    kind, data = own_post(person, number, draw)
    # The text tells two proposals of one instant apart.
    key = ("propose", account, data["text"])
    async with office.stage.runtime.begin(office.workspace, office.machine, key=key) as tx:
        try:
            await submit(tx, office.stage.runtime, Proposal(account, kind, None, data))
        except AppError as error:
            if error.kind not in _FINE:
                raise
