"""The scripted people of a world: who reviews, who does tasks, and who fills the calendar.

They use the same doors as real people: services in their own name, page buttons by their own hand.
"""

from uuid import UUID

from sqlalchemy import text

from socialseed.actions import decide, tasks_human
from socialseed.actions.propose import Proposal, submit
from socialseed.core.errors import AppError, Kind
from socialseed.core.rng import Rng
from socialseed.runtime.actor import Actor
from socialseed.sim.cast import REJECT_REASONS, REVIEW, TASKS, Part
from socialseed.sim.stage import Stage

_PENDING = text(
    "SELECT id, light, target_data ->> 'text' AS draft FROM actions"
    " WHERE account_id = :account AND status = 'awaiting_approval'"
    " ORDER BY created_at, id LIMIT 40"
)
_OPEN = text(
    "SELECT id, action_type, deep_link, target_data ->> 'text' AS draft FROM actions"
    " WHERE account_id = :account AND status = 'awaiting_human' AND scheduled_at <= :now"
    " ORDER BY scheduled_at, id LIMIT 40"
)
# What is pressed on a page for each kind of task.
_BUTTONS = {
    "follow": "follow",
    "unfollow": "unfollow",
    "like": "like",
    "unlike": "unlike",
    "comment": "comment",
    "reply": "comment",
}


async def review(stage: Stage, account: UUID) -> None:
    """The reviewer goes through one account's queue: approves, edits, rejects, or leaves it."""
    async with stage.runtime.begin(stage.workspace, stage.owner, key=("review", account)) as tx:
        for row in (await tx.session.execute(_PENDING, {"account": account})).all():
            draw = stage.draw("review", row.id)
            approved, edited, rejected = REVIEW[row.light]
            chance = draw.random()
            try:
                if chance < approved:
                    await decide.approve(tx, stage.runtime, row.id)
                elif chance < approved + edited and row.draft:
                    await decide.approve(tx, stage.runtime, row.id, edits=_edit(row.draft, draw))
                elif chance < approved + edited + rejected:
                    await decide.reject(tx, stage.runtime, row.id, draw.choice(REJECT_REASONS))
            except AppError as error:
                if error.kind not in (Kind.CONFLICT, Kind.INVALID):
                    raise


def _edit(draft: str, draw: Rng) -> decide.Edits:
    ending = draw.choice(("Thank you!", "Have a good week.", "Cheers."))
    return decide.Edits(text=f"{draft} {ending}")


async def do_tasks(stage: Stage, account: UUID, handle: str) -> None:
    """The doer opens each unlocked task's page, presses the button, and says what happened."""
    async with stage.runtime.begin(stage.workspace, stage.owner) as tx:
        rows = (await tx.session.execute(_OPEN, {"account": account, "now": tx.now})).all()
    if not rows:
        return
    outcomes: dict[UUID, str] = {}
    for row in rows:
        outcomes[row.id] = await _do(stage, row.id, row, handle)
    async with stage.runtime.begin(stage.workspace, stage.owner, key=("tasks", account)) as tx:
        for action_id, outcome in outcomes.items():
            try:
                await tasks_human.complete(tx, stage.runtime, action_id, outcome)
            except AppError as error:
                # A limit is full or the task went away: it stays for another day.
                if error.kind not in (Kind.CONFLICT, Kind.LIMITED):
                    raise


async def _do(stage: Stage, action_id: UUID, row: object, handle: str) -> str:
    done, gone, _ = TASKS
    chance = stage.draw("task", action_id).random()
    kind, link, draft = (getattr(row, name) for name in ("action_type", "deep_link", "draft"))
    if chance >= done + gone:
        return "changed_mind"
    if chance >= done or link is None or kind not in _BUTTONS:
        return "target_gone"
    text_ = draft if _BUTTONS[kind] == "comment" else None
    pressed = await stage.desk.press(link, handle, _BUTTONS[kind], text_)
    return "done" if pressed else "target_gone"


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
_KIND = {"tiktok": "publish_image", "instagram": "publish_image", "twitter": "publish_text"}


async def fill_calendar(
    stage: Stage, machine: Actor, account: UUID, part: Part, number: int
) -> None:
    """The owner's content calendar, a machine with a key of its own, proposes a post."""
    draw = stage.draw("post", part.person.platform, part.person.handle, number)
    a, b = draw.sample(list(part.person.interests), 2)
    words = f"{_POSTS[number % len(_POSTS)].format(a=a, b=b)} (no. {number + 1})"
    kind = _KIND[part.person.platform]
    data: dict[str, object] = {"text": words}
    if kind == "publish_image":
        data["media_url"] = f"https://media.example/{part.person.handle}/{number + 1}.jpg"
        data["alt_text"] = f"A picture about {a}"
    await _propose(stage, machine, Proposal(account, kind, None, data))


async def _propose(stage: Stage, machine: Actor, proposal: Proposal) -> None:
    # The text tells two proposals of one instant apart.
    key = ("propose", proposal.account_id, proposal.target_data.get("text"))
    async with stage.runtime.begin(stage.workspace, machine, key=key) as tx:
        try:
            await submit(tx, stage.runtime, proposal)
        except AppError as error:
            if error.kind not in (Kind.CONFLICT, Kind.INVALID):
                raise
