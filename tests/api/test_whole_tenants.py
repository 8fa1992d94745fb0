"""Nobody reaches another workspace: their real ids in every place of every operation."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import httpx2

from tests.api.whole import Side, digest, fill, problem_in
from tests.api.whole_recipes import NEW_RULE, RECIPES, VIDEO, Recipe

Parts = dict[str, Any]
Ids = Mapping[str, str]
# Ids that say nothing by themselves, or are chosen by people.
_PLAIN = {"state", "secret"}


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where ids of a side stand."""
    if isinstance(value, str) and value.startswith("$"):
        yield at
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from places(part, (*at, name))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from places(part, (*at, number))


def foreign_at(value: Any, place: tuple[Any, ...], ours: Ids, theirs: Ids) -> Any:
    """Our ids everywhere, but theirs at one place (or everywhere when it is empty)."""
    if not place:
        return fill(value, theirs)
    filled = fill(value, ours)
    filled[place[0]] = foreign_at(value[place[0]], place[1:], ours, theirs)
    return filled


async def test_their_ids_are_not_there_for_us_and_nothing_of_theirs_changes(both):
    before, wrong, tried = await digest(both.runtime), [], 0
    nobody = dict.fromkeys(both.theirs.ids, str(UUID(int=7))) | {"invited": "nobody@example.com"}
    for key, recipe in RECIPES.items():
        parts = recipe.parts
        found = list(places(parts))
        if not found or recipe.foreign == "identity":
            continue
        for place in [*found, ()]:
            filled = foreign_at(parts, place, both.ours.ids, both.theirs.ids)
            answer = await both.ours.call(key, **filled)
            unknown = await both.ours.call(key, **foreign_at(parts, place, both.ours.ids, nobody))
            faults = judged(recipe, answer, both.theirs, str(filled))
            if kind_of(answer) != kind_of(unknown):
                faults.append(f"an unknown id is told apart: {unknown.text[:200]}")
            wrong += [f"{key} {filled}: {fault}" for fault in faults]
            tried += 1
        after = await digest(both.runtime)
        changed = {name for name in after if after[name] != before[name]}
        if changed:
            wrong.append(f"{key}: changed {changed}")
        before = after
    assert wrong == [], "\n".join(wrong)
    assert tried > 60


def kind_of(answer: httpx2.Response) -> tuple[int, object]:
    return answer.status_code, answer.json().get("code") if answer.status_code >= 400 else None


def judged(recipe: Recipe, answer: httpx2.Response, theirs: Side, sent: str) -> list[str]:
    wrong = [f"names their {name}" for name in named(answer, theirs, sent)]
    if recipe.foreign in ("hidden", "wrong"):
        if answer.status_code not in (404, 422 if recipe.foreign == "wrong" else 404):
            wrong.append(f"{answer.status_code} {answer.text[:200]}")
        elif problem_in(answer):
            wrong.append(problem_in(answer))
    elif answer.status_code >= 400:
        wrong.append(f"{answer.status_code} {answer.text[:200]}")
    elif recipe.foreign == "empty":
        wrong += _not_empty(answer.json())
    return wrong


def _not_empty(body: Mapping[str, Any]) -> list[str]:
    shown = [body.get("items"), body.get("task"), body.get("by_account")]
    shown += [[one for one in body.get("results", []) if one["ok"]]]
    return [f"shows {part}" for part in shown if part]


def named(answer: httpx2.Response, theirs: Side, sent: str) -> list[str]:
    """Their ids that an answer gives away."""
    return [
        name
        for name, value in theirs.ids.items()
        if value in answer.text and value not in sent and name not in _PLAIN
    ]


async def test_no_answer_to_us_names_theirs(both):
    wrong = []
    for key, recipe in RECIPES.items():
        if not key.startswith("GET") or key == "GET /events":
            continue
        answer = await both.ours.call(key, **fill(recipe.parts, both.ours.ids))
        bare = await both.ours.call(key, path=fill(recipe.path, both.ours.ids))
        wrong += [
            f"{key}: {name}" for one in (answer, bare) for name in named(one, both.theirs, "")
        ]
    assert wrong == [], "\n".join(wrong)


async def test_their_cursor_shows_us_only_our_own(both):
    lists = [key for key, recipe in RECIPES.items() if "limit" in recipe.query]
    followed = 0
    for key in lists:
        recipe = RECIPES[key]
        place = fill(recipe.path, both.theirs.ids)
        shown = await both.theirs.call(key, path=place, query={"limit": 1})
        cursor = shown.json()["next_cursor"]
        if cursor is None:
            continue
        query = {"limit": 100, "cursor": cursor}
        place = fill(recipe.path, both.ours.ids)
        answer = await both.ours.call(key, path=place, query=query)
        assert answer.status_code == 200, key
        assert named(answer, both.theirs, "") == [], key
        followed += 1
    assert followed >= 5


async def test_an_idempotency_key_is_of_one_workspace(both):
    same = {"idempotency-key": "one-key"}
    body = {"action_type": "publish_video", "target_data": VIDEO}
    made = []
    for side in (both.theirs, both.ours):
        own = {**body, "account_id": side.ids["account"]}
        made.append(await side.call("POST /actions", body=own, headers={**side.headers, **same}))
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json()["id"] != made[1].json()["id"]


async def test_ids_that_are_only_words_reach_nobody(both):
    """Where a text may hold an id, theirs changes nothing of theirs."""
    theirs, ours = both.theirs.ids, both.ours.ids
    before = await digest(both.runtime, both.theirs)
    data = {**VIDEO, "rule_id": theirs["rule"], "comment_id": theirs["action_pending"]}
    proposal = {"account_id": ours["account"], "action_type": "publish_video", "target_data": data}
    for key, body in (
        ("POST /actions", proposal),
        ("POST /targeting", {**NEW_RULE, "account_id": None, "handles": ["theirs_account"]}),
        ("POST /emergency-stop", {"scope": "workspace", "reason": theirs["workspace"]}),
        ("POST /users/members", {"email": theirs["invited"], "role": "viewer"}),
    ):
        answer = await both.ours.call(key, body=body)
        assert answer.status_code in (201, 202), answer.text
    for scope, name in (("account", "account"), ("account", "spare")):
        body = {"scope": scope, "id": theirs[name].upper(), "reason": "x"}
        answer = await both.ours.call("POST /emergency-stop", body=body)
        assert answer.status_code == 404
    assert await digest(both.runtime, both.theirs) == before
