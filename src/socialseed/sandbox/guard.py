"""The platforms' guard: shows what happens to the enforcement ladder and refuses what it forbids.

Off without a profile. Every observation is a row of the world's database, so a restart judges the
same past again. What changed for an account is a line in `<home>/enforcement.jsonl`.
"""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from socialseed.sandbox.call import Call, Json
from socialseed.sandbox.clock import from_ms, instant, iso, to_ms
from socialseed.sandbox.draw import Draw
from socialseed.sandbox.enforcement import profile as profiles
from socialseed.sandbox.enforcement.history import Facts, Observation
from socialseed.sandbox.enforcement.ladder import Change, Judgement, Ladder, Standing
from socialseed.sandbox.enforcement.profile import Complaints, Profile, ProfileError, StepName
from socialseed.sandbox.store import get_meta, set_meta
from socialseed.sandbox.world import graph, people, posts
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.world import World

_OFF = "null"


def chosen(wish: object) -> Profile | None:
    """The profile of a name, of a YAML file's name or of an inline table; None for null."""
    if wish is None or wish in ("", "off"):
        return None
    if not isinstance(wish, str):
        return profiles.parse(wish)
    if wish.endswith((".yaml", ".yml")):
        try:
            return profiles.read(Path(wish).read_text("utf-8"))
        except OSError as error:
            raise ProfileError(f"cannot read {wish}: {error}") from error
    return profiles.named(wish)


class Guard:
    """Judges the owned accounts of one world, each platform by a ladder of its own."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._path = world.home / "enforcement.jsonl"
        self._lines: list[Json] = []
        self.profile: Profile | None = None
        self._ladders: dict[str, Ladder] = {}
        kept = json.loads(get_meta(world.db, "enforcement", _OFF))
        if kept is not None:
            self._begin(profiles.parse(kept))
            for row in world.db.execute("SELECT line FROM observed ORDER BY n"):
                self._replay(json.loads(row[0]))

    def choose(self, profile: Profile | None) -> None:
        """Everybody starts clean under `profile`; None turns the guard off."""
        db = self._world.db
        db.execute("DELETE FROM observed")
        set_meta(db, "enforcement", json.dumps(msgspec.to_builtins(profile)))
        self._begin(profile)
        self._note(None, "profile", {"profile": profile.name if profile else None})

    def _begin(self, profile: Profile | None) -> None:
        self.profile = profile
        self._ladders = {}
        if profile is not None:
            self._ladders = {name: Ladder(profile) for name in people.PLATFORMS}

    def step(self, call: Call) -> StepName | None:
        """The step that refuses this call; None if it may be performed."""
        ladder = self._ladders.get(call.platform)
        if ladder is None or call.actor is None:
            return None
        return ladder.refusal(call.actor.handle, call.verb, from_ms(call.now))

    def saw(self, call: Call, *, defied: StepName | None = None) -> None:
        """The finished call counts, if it was an act of an owned account."""
        ladder, actor = self._ladders.get(call.platform), call.actor
        if ladder is None or actor is None:
            return
        watched = ladder.profile.group_of(call.verb) is not None or call.verb == "unfollow"
        rejected = call.outcome == "refused" and defied is None
        if not watched or not (call.outcome == "performed" or rejected or defied):
            return
        seen = Observation(
            at=from_ms(call.now), verb=call.verb, target=call.target, text=call.text,
            unwanted=call.outcome == "performed" and self._complains(call, ladder.profile),
            rejected=rejected, defied=defied is not None,
        )  # fmt: skip
        facts = Facts(from_ms(actor.created), actor.followers, actor.tz)
        row: Json = {"do": "observe", "platform": call.platform, "handle": actor.handle}
        told = {"facts": msgspec.to_builtins(facts), "seen": msgspec.to_builtins(seen)}
        self._keep({**row, **told})
        self._tell(actor, call, ladder.observe(actor.handle, facts, seen), defied)

    def _tell(self, actor: Person, call: Call, judged: Judgement, defied: StepName | None) -> None:
        for finding in judged.findings:
            self._note(actor, "finding", {"signal": finding.signal, "points": finding.points,
                       "score": round(judged.score, 3), "reason": finding.reason,
                       "verb": call.verb, "refused_by": defied})  # fmt: skip
        for change in judged.changes:
            self._note(actor, "step", _change(change))

    def _complains(self, call: Call, profile: Profile) -> bool:
        """Whether the act reached somebody who wants none of it and says so."""
        rule, group = profile.signals.unwanted_contact, profile.group_of(call.verb)
        person = self._reached(call) if rule is not None and group in rule.chance else None
        if rule is None or group is None or person is None:
            return False
        return _is_averse(call, person, rule, group) and not _asked_for_it(call, person)

    def _reached(self, call: Call) -> Person | None:
        if not call.target:
            return None
        db = self._world.db
        if call.verb == "follow":
            person = people.by_handle(db, call.platform, call.target)
        else:
            post = posts.by_pid(db, call.platform, call.target, call.now)
            person = people.by_id(db, post.author) if post is not None else None
        return person if person is not None and person.kind in ("person", "brand") else None

    def login(self, person: Person) -> Change | None:
        """A human logged in: a challenge is over."""
        return self._told(person, "login", lambda ladder, at: ladder.login(person.handle, at))

    def reset(self, person: Person) -> Change | None:
        """The account is clear."""
        return self._told(person, "reset", lambda ladder, at: ladder.reset(person.handle, at))

    def _told(
        self, person: Person, what: str, order: Callable[[Ladder, datetime], Change | None]
    ) -> Change | None:
        ladder = self._ladders.get(person.platform)
        if ladder is None:
            return None
        now = self._world.now()
        self._keep(
            {"do": what, "platform": person.platform, "handle": person.handle, "at": iso(now)}
        )
        change = order(ladder, from_ms(now))
        if change is not None:
            self._note(person, "step", _change(change))
        return change

    def _replay(self, row: Json) -> None:
        ladder, handle = self._ladders[str(row["platform"])], str(row["handle"])
        if row["do"] == "observe":
            facts = msgspec.convert(row["facts"], Facts)
            ladder.observe(handle, facts, msgspec.convert(row["seen"], Observation))
        elif row["do"] == "login":
            ladder.login(handle, from_ms(instant(row["at"])))
        else:
            ladder.reset(handle, from_ms(instant(row["at"])))

    def _keep(self, row: Json) -> None:
        line = json.dumps(row, separators=(",", ":"))
        self._world.db.execute("INSERT INTO observed (line) VALUES (?)", (line,))

    def _note(self, person: Person | None, event: str, more: Json) -> None:
        named: Json = {"platform": person.platform, "account": person.handle} if person else {}
        self._lines.append({"at": iso(self._world.now()), **named, "event": event, **more})

    def flush(self) -> None:
        """What happened since the last time is in the enforcement journal. After the commit."""
        if self._lines:
            with self._path.open("a", encoding="utf-8") as file:
                for line in self._lines:
                    file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
            self._lines.clear()

    def explain(self, person: Person) -> Json:
        """Score, step, reasons and history of one account."""
        who: Json = {"platform": person.platform, "handle": person.handle}
        ladder = self._ladders.get(person.platform)
        if ladder is None:
            return {**who, "profile": None, "score": 0.0, "step": "clear", "until": None,
                    "refuses": [], "reasons": [], "history": []}  # fmt: skip
        standing = ladder.standing(person.handle, from_ms(self._world.now()))
        return {**who, "profile": ladder.profile.name, **_standing(standing)}

    def overview(self) -> Json:
        """The profile and everybody who was seen."""
        at = from_ms(self._world.now())
        shown = []
        for platform, ladder in self._ladders.items():
            for handle in ladder.accounts():
                one = ladder.standing(handle, at)
                shown.append({"platform": platform, "handle": handle, "step": one.step,
                              "score": one.score})  # fmt: skip
        return {"profile": self.profile.name if self.profile else None, "accounts": shown}


def _is_averse(call: Call, person: Person, rule: Complaints, group: str) -> bool:
    seed = call.world.seed
    if not Draw(seed, "averse", person.uid).chance(rule.averse):
        return False
    draw = Draw(seed, "complains", person.uid, call.me.uid, call.verb, call.target)
    return draw.chance(rule.chance[group])


def _asked_for_it(call: Call, person: Person) -> bool:
    """Whether the person follows the account, named it, or spoke under one of its posts."""
    db, me = call.world.db, call.me
    if graph.follows(db, person.id, me.id):
        return True
    named = db.execute(
        "SELECT 1 FROM mentions m JOIN posts s ON s.id = m.post WHERE m.person = ? AND s.author = ?"
        " LIMIT 1",
        (me.id, person.id),
    ).fetchone()
    if named is not None:
        return True
    spoke = db.execute(
        "SELECT 1 FROM posts own JOIN posts said ON said.root = own.id"
        " WHERE own.author = ? AND said.author = ? LIMIT 1",
        (me.id, person.id),
    ).fetchone()
    return spoke is not None


def _change(change: Change) -> Json:
    return {
        "at": iso(to_ms(change.at)),
        "step": change.step,
        "score": change.score,
        "why": change.why,
        "reasons": list(change.reasons),
    }


def _standing(one: Standing) -> Json:
    return {
        "score": one.score,
        "step": one.step,
        "until": iso(to_ms(one.until)) if one.until is not None else None,
        "refuses": list(one.refuses),
        "reasons": [
            {"signal": r.signal, "points": r.points, "times": r.times,
             "last_at": iso(to_ms(r.last_at)), "latest": r.latest}
            for r in one.reasons
        ],
        "history": [_change(change) for change in one.history],
    }  # fmt: skip
