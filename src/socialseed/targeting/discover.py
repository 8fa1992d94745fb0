"""Looks for people by a rule through official reads, and keeps whom it finds as candidates.

Bounded: so many keywords, posts and look-ups a run. What a platform does not tell stays unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from socialseed.accounts import tokens
from socialseed.connectors.protocol import Connector
from socialseed.connectors.types import Grant, Look, Person, Post, Search
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.core.events import Plain
from socialseed.profiles.queries import left_alone, observed_lately
from socialseed.runtime.actor import PLANNER
from socialseed.runtime.runtime import Runtime
from socialseed.targeting import candidates, events
from socialseed.targeting.candidates import Find
from socialseed.targeting.queries import Rule, get_rule
from socialseed.targeting.scoring import relevance, within_range

KEYWORDS_A_RUN = 6
POSTS_A_KEYWORD = 30
LOOKS_A_RUN = 25
HANDLES_A_RUN = 200


@dataclass(slots=True)
class Harvest:
    """What one run brought home."""

    people: dict[str, tuple[Person, bool]] = field(
        default_factory=dict
    )  # handle → person, observed
    posts: list[tuple[Post, str]] = field(default_factory=list)  # with the keyword that found it
    notes: list[str] = field(default_factory=list)

    def note(self, sentence: str) -> None:
        """`sentence` is told once at the end."""
        if sentence not in self.notes:
            self.notes.append(sentence)


@dataclass(frozen=True, slots=True)
class _Search:
    """What a run knows before it calls anybody."""

    rule: Rule
    account_id: UUID | None
    own: frozenset[str]
    left_alone: frozenset[str]
    to_look: Sequence[str]


async def discover(runtime: Runtime, workspace_id: UUID, rule_id: UUID) -> int:
    """How many new candidates the rule has now. Raises NOT_FOUND when the rule is gone."""
    async with runtime.begin(workspace_id, PLANNER, key=("discover", rule_id)) as tx:
        rule = await get_rule(tx, rule_id)
        due = rule.handles[:HANDLES_A_RUN]
        known = await observed_lately(tx, rule.platform, due)
        search = _Search(
            rule=rule,
            account_id=await candidates.searching_account(tx, rule),
            own=await candidates.own_handles(tx, rule.platform),
            left_alone=await left_alone(tx, rule.platform),
            to_look=[one for one in due if one.lower() not in known][:LOOKS_A_RUN],
        )
    harvest = await _harvest(runtime, search)
    for handle in due:
        harvest.people.setdefault(handle.lower(), (Person("", handle), False))
    return await _keep(runtime, search, harvest)


async def _harvest(runtime: Runtime, search: _Search) -> Harvest:
    harvest = Harvest()
    connector = runtime.connectors.get(search.rule.platform)
    reads = connector.manifest.reads
    if search.rule.keywords and "search" not in reads:
        harvest.note(f"{connector.manifest.name} offers no official search; handles are used.")
    if search.account_id is None:
        harvest.note("No connected account can look; only the handles are known.")
        return harvest
    try:
        grant = await tokens.grant(runtime, search.rule.workspace_id, search.account_id)
    except UpstreamError as error:
        harvest.note(f"The search could not begin: {error.detail}")
        return harvest
    try:
        if "search" in reads:
            await _by_keywords(connector, grant, search, harvest)
        if "look" in reads:
            await _by_handles(connector, grant, search, harvest)
    except UpstreamError as error:
        harvest.note(f"The search ended early: {error.detail}")
        if error.remedy is Remedy.REAUTHORIZE:
            async with runtime.begin(search.rule.workspace_id, PLANNER) as tx:
                await tokens.refused(tx, search.account_id)
    return harvest


async def _by_keywords(
    connector: Connector, grant: Grant, search: _Search, harvest: Harvest
) -> None:
    for keyword in search.rule.keywords[:KEYWORDS_A_RUN]:
        try:
            answer = await connector.read(Search(keyword, POSTS_A_KEYWORD), grant)
        except UpstreamError as error:
            if error.remedy is not Remedy.REJECT:
                raise
            harvest.note(f"“{keyword}” could not be searched: {error.detail}")
            continue
        for post in answer if isinstance(answer, list) else []:
            if post.author is not None:
                harvest.posts.append((post, keyword))
                harvest.people[post.author.handle.lower()] = (post.author, True)


async def _by_handles(
    connector: Connector, grant: Grant, search: _Search, harvest: Harvest
) -> None:
    for handle in search.to_look:
        try:
            person = await connector.read(Look(handle), grant)
        except UpstreamError as error:
            if error.remedy is not Remedy.REJECT:
                raise
            harvest.note(f"@{handle} could not be looked at: {error.detail}")
            continue
        if isinstance(person, Person):
            harvest.people[handle.lower()] = (person, True)
        else:
            harvest.note(f"There is no @{handle}.")
            harvest.people[handle.lower()] = (Person("", ""), True)


async def _keep(runtime: Runtime, search: _Search, harvest: Harvest) -> int:
    rule = search.rule
    async with runtime.begin(rule.workspace_id, PLANNER, key=("kept", rule.id)) as tx:
        finds = _finds(search, harvest, tx.now)
        new = await candidates.keep(tx, rule, finds)
        await candidates.note_discovery(tx, rule.id)
        note = " ".join(harvest.notes[:3])
        tx.emit(
            events.discovered(
                rule.id, rule.name, rule.account_id, found=len(finds), new=new, note=note
            )
        )
    return new


def _finds(search: _Search, harvest: Harvest, now: datetime) -> list[Find]:
    """Whom the rule wants: by their posts first, then everybody else of whom something is known."""
    rule = search.rule
    shunned = search.own | search.left_alone
    with_post = {post.author.handle.lower() for post, _ in harvest.posts if post.author is not None}

    def wanted(person: Person) -> bool:
        fits = within_range(person, rule.min_followers, rule.max_followers)
        return fits and bool(person.handle) and person.handle.lower() not in shunned

    by_post = [
        Find(author, True, _post_json(post, word), relevance(rule.keywords, author, post, now))
        for post, word in harvest.posts
        if (author := post.author) is not None and wanted(author)
    ]
    by_handle = [
        Find(person, observed, None, relevance(rule.keywords, person, None, now))
        for handle, (person, observed) in harvest.people.items()
        if handle not in with_post and wanted(person)
    ]
    return by_post + by_handle


def _post_json(post: Post, keyword: str) -> dict[str, Plain]:
    return {
        "id": post.remote_id,
        "url": post.url,
        "text": post.text[:500],
        "author": post.author.handle if post.author else None,
        "created_at": post.created_at.isoformat() if post.created_at else None,
        "keyword": keyword,
    }
