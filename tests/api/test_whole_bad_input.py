"""What is wrong is refused with a problem, by every operation, and leaves no trace."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx2
import pytest

from socialseed.core.pagination import encode_cursor
from tests.api.whole import STREAMS, Both, digest, fill, problem_in, url_of
from tests.api.whole_recipes import RECIPES, Recipe

JSON = {"content-type": "application/json"}
OVERRIDE = "\u202e"  # from here on right to left: "gpj.exe" is shown as "exe.jpg"
HUGE = 10**30
SURROGATE = "\ud83d"  # half a character, which JSON can only write as an escape
DEEP = b"[" * 100 + b"]" * 100

# Bodies that no operation may take, whatever it is about.
BODIES: Mapping[str, bytes] = {
    "a megabyte": b'{"text":"' + b"x" * 1_000_001 + b'"}',
    "100 deep": b'{"a":' + DEEP + b"}",
    "NUL": b'{"a":"\\u0000"}',
    "NUL in a name": b'{"\\u0000":1}',
    "a lone surrogate": b'{"a":"\\ud800"}',
    "not UTF-8": b'{"a":"\xff"}',
    "not a number": b'{"a":NaN}',
    "beyond any number": b'{"a":1e999}',
    "cut off": b'{"a":',
    "two values": b"{}{}",
}
# Texts that are wrong wherever an address has a place for something.
TEXTS = ("%00", "a%00b", "%ff", "%ed%a0%80", "x" * 5000, "%e2%80%ae", str(HUGE), "-1", "..", "'\"")
NEVER = ("%00", "a%00b", "%ff", "%ed%a0%80")
CURSORS = (
    "x",
    "%e2%80%ae",
    "A" * 6000,
    encode_cursor("x", "y"),
    encode_cursor("9999-99-99", "y"),
    encode_cursor("2026-01-01", "00000000-0000-0000-0000-000000000007"),
    encode_cursor("0001-01-01T00:00:00+14:00", "00000000-0000-0000-0000-000000000007"),
    encode_cursor("2026-01-01T00:00:00+00:00", "y"),
    encode_cursor("x" * 100, str(HUGE)),
    encode_cursor(2**63 - 1),
    encode_cursor(-(2**63)),
    encode_cursor("a@example.com"),
    encode_cursor("\x00", "\x00"),
)
NUMBERS = ("0", "201", "-1", "1.5", "x", "", str(HUGE), "-" + str(HUGE), "1e9", "0x10", "٣", " 7 ")
DAYS = ("9999-12-31", "0001-01-01", "2026-02-30", "2026-13-01", "0000-01-01", "x", "99999-01-01")
INSTANTS = (*DAYS, "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-01-01T00:00:00", "0")
# Fields for a sentence or a text of the person's own, in any direction of writing.
FREE = {"text", "alt_text", "reason", "note", "media_url", "password", "text_template", "keywords"}


def problems_of(what: str, answer: httpx2.Response) -> Iterator[str]:
    """What an answer to something wrong may not be."""
    if answer.status_code >= 500:
        yield f"{what}: {answer.status_code} {answer.text[:200]}"
    elif answer.status_code >= 400 and problem_in(answer):
        yield f"{what}: {problem_in(answer)}"


def refused(what: str, answer: httpx2.Response) -> Iterator[str]:
    """As `problems_of`, and it must not be taken."""
    yield from problems_of(what, answer)
    if answer.status_code < 400:
        yield f"{what}: taken with {answer.status_code}"


def ours(both: Both) -> Iterator[tuple[str, Recipe, dict[str, Any]]]:
    """Every operation with a call that would go well."""
    for key, recipe in RECIPES.items():
        if key not in STREAMS:
            yield key, recipe, fill(recipe.parts, both.ours.ids)


async def send(both: Both, key: str, parts: Mapping[str, Any], body: bytes) -> httpx2.Response:
    """The call with these very bytes as its body."""
    method, template = key.split(" ")
    url = url_of(template, parts["path"], parts["query"])
    answer = await both.ours.client.request(
        method, url, content=body, headers={**both.ours.headers, **JSON}
    )
    both.ours.client.cookies.clear()
    return answer


@pytest.fixture
async def unchanged(both):
    """Nothing was changed when the test is over."""
    before = await digest(both.runtime)
    yield
    after = await digest(both.runtime)
    assert {name for name in after if after[name] != before[name]} == set()


@pytest.mark.usefixtures("unchanged")
async def test_no_operation_takes_a_broken_body(both):
    wrong: list[str] = []
    for key, _, parts in ours(both):
        if key.startswith("GET"):
            continue  # a body of a GET is not read
        for name, body in BODIES.items():
            wrong += refused(f"{key}: {name}", await send(both, key, parts, body))
    assert wrong == [], "\n".join(wrong)


@pytest.mark.usefixtures("unchanged")
async def test_no_operation_takes_another_kind_of_body(both):
    wrong: list[str] = []
    for key, recipe, parts in ours(both):
        if recipe.body is None:
            continue
        for body in (b"[]", b'"text"', b"7", b"true", b'{"no_such_field":1}', b"null", b""):
            if body in (b"null", b"") and _optional(key):
                continue
            wrong += refused(f"{key}: {body!r}", await send(both, key, parts, body))
        form = await both.ours.client.request(
            key.split(" ")[0],
            url_of(key.split(" ")[1], parts["path"], parts["query"]),
            content=b"a=b",
            headers={**both.ours.headers, "content-type": "application/x-www-form-urlencoded"},
        )
        wrong += refused(f"{key}: a form", form)
    assert wrong == [], "\n".join(wrong)


def _optional(key: str) -> bool:
    """Where a body may be left out."""
    return key.rsplit("/", 1)[1] in ("cancel", "approve", "snooze", "later")


@pytest.mark.usefixtures("unchanged")
async def test_no_field_takes_another_type(both):
    wrong: list[str] = []
    tried = 0
    for key, recipe, parts in ours(both):
        for place, value in leaves(recipe.body):
            for bad in others_than(value):
                body = json.dumps(replaced(parts["body"], place, bad)).encode()
                name = f"{key} {place} = {str(bad)[:30]!r}"
                wrong += refused(name, await send(both, key, parts, body))
                tried += 1
    assert wrong == [], "\n".join(wrong)
    assert tried > 400


def leaves(value: object, at: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], object]]:
    """Every value of a body that is not made of others, and each list as a whole."""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from leaves(part, (*at, name))
    elif isinstance(value, list):
        yield at, value
        for number, part in enumerate(value):
            yield from leaves(part, (*at, number))
    elif at:
        yield at, value


def replaced(value: Any, place: tuple[Any, ...], new: object) -> Any:
    """A copy with `new` at `place`."""
    if not place:
        return new
    copied = list(value) if isinstance(value, list) else dict(value)
    copied[place[0]] = replaced(value[place[0]], place[1:], new)
    return copied


def others_than(value: object) -> list[object]:
    """Values of every other type, and of the same one beyond all bounds."""
    if isinstance(value, bool):
        return ["perhaps", 2, [], {}, HUGE]
    if isinstance(value, int):
        return ["x", [], {}, 1.5, -1, HUGE, -HUGE, 2**63]
    if isinstance(value, list):
        return ["x", 7, {}, True, [[]], [{}], [None], ["x" * 5000], ["x"] * 5000]
    return [7, True, [], {}, HUGE, "\x00", "a\x00b", SURROGATE, "x" * 40_000]


async def test_no_name_turns_the_direction_of_writing(both):
    """Free text may; a name, a handle, an address or a choice may not."""
    wrong: list[str] = []
    for key, recipe, parts in ours(both):
        for place, value in leaves(recipe.body):
            if not isinstance(value, str):
                continue
            body = replaced(parts["body"], place, f"Ada{OVERRIDE}adA")
            answer = await send(both, key, parts, json.dumps(body).encode())
            name = f"{key} {place}"
            if set(place) & FREE or key == "POST /auth/login":
                wrong += problems_of(name, answer)
            else:
                wrong += refused(name, answer)
    assert wrong == [], "\n".join(wrong)


@pytest.mark.usefixtures("unchanged")
async def test_no_path_takes_what_is_no_id(both):
    wrong: list[str] = []
    for key, _, parts in ours(both):
        for name in parts["path"]:
            for bad in TEXTS:
                broken = {**parts, "path": {**parts["path"], name: bad}}
                if name == "handle" and bad in ("-1", str(HUGE)):
                    continue  # as good a handle as any
                answer = await both.ours.call(key, **broken)
                wrong += (
                    problems_of(f"{key} {name}={bad[:20]}", answer)
                    if "callback" in key
                    else refused(f"{key} {name}={bad[:20]}", answer)
                )
    assert wrong == [], "\n".join(wrong)


@pytest.mark.usefixtures("unchanged")
async def test_no_query_breaks_an_operation(both):
    wrong: list[str] = []
    tried = 0
    for key, _, parts in ours(both):
        for name, bad in queries_of(key, parts["query"]):
            broken = {**parts, "query": {**parts["query"], name: bad}}
            answer = await both.ours.call(key, **broken)
            judge = refused if bad in NEVER or name == "limit" else problems_of
            if bad not in (" 7 ", "٣"):  # whole numbers, as some write them
                wrong += judge(f"{key} {name}={bad[:40]}", answer)
            tried += 1
    assert wrong == [], "\n".join(wrong)
    assert tried > 300


def queries_of(key: str, query: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in query:
        for bad in (*TEXTS, *(NUMBERS if name in ("limit", "days") else ())):
            if not (name == "limit" and bad == "3"):
                yield name, bad
        for bad in {"on": DAYS, "since": INSTANTS, "until": INSTANTS}.get(name, ()):
            yield name, bad
    if "limit" in query:
        for bad in CURSORS:
            yield "cursor", bad


async def test_a_broken_header_is_refused(both):
    wrong: list[str] = []
    body = RECIPES["POST /actions"].body
    for name, value in (
        ("idempotency-key", b""),
        ("idempotency-key", b"x" * 300),
        ("idempotency-key", b"\xff\xfe"),
        ("last-event-id", b"\xff"),
        ("authorization", b"Bearer \xff"),
        ("authorization", b"Bearer " + b"x" * 8000),
        ("cookie", b"socialseed_refresh=\xff"),
        ("origin", b"\xff"),
        ("x-request-id", b"\xff\x0b"),
    ):
        headers = [(k.encode(), v.encode()) for k, v in both.ours.headers.items() if k != name]
        answer = await both.ours.client.request(
            "POST",
            "/actions",
            json=fill(body, both.ours.ids),
            headers=[*headers, (name.encode(), value)],
        )
        wrong += problems_of(f"{name}: {value[:20]!r}", answer)
    assert wrong == [], "\n".join(wrong)
