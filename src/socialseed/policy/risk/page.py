"""`python -m socialseed.policy.risk.page > docs/weights.md`: the weights, for people to read."""

import sys
from collections.abc import Iterator, Mapping

from socialseed.policy.risk.weights import (
    FORBIDS,
    GROUPS,
    NOTES,
    RED_FROM,
    YELLOW_FROM,
    Weight,
)

_HEAD = f"""\
# What each finding weighs

Made from `policy/risk/weights.py` by `make docs`; change it there.

A verdict adds up what its rules found. Below {YELLOW_FROM} points it is green, below {RED_FROM}
yellow, from {RED_FROM} red; whatever forbids is red and is never sent. The weights are ours and
none of them makes a step safe by itself: they order what a person should look at. The source says
on whose word a finding counts at all. An extra finding never makes a verdict milder, and a missing
fact never allows.
"""


def render() -> str:
    """The whole page as Markdown."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _HEAD
    for title, group in GROUPS.items():
        yield from _table(title, group)
    yield "## What forbids\n"
    yield "| Finding | Source |\n|---|---|"
    yield from (f"| `{code}` | {source} |" for code, source in FORBIDS.items())
    yield "\n## What is only said\n"
    yield "| Finding | Source |\n|---|---|"
    yield from (f"| `{code}` | {source} |" for code, source in NOTES.items())
    yield ""


def _table(title: str, group: Mapping[str, Weight]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| Finding | Points | Alone | Source |\n|---|--:|---|---|"
    for code, one in group.items():
        yield f"| `{code}` | {one.points} | {_alone(one.points)} | {one.source} |"
    yield ""


def _alone(points: int) -> str:
    if points >= RED_FROM:
        return "red"
    return "yellow" if points >= YELLOW_FROM else "green"


if __name__ == "__main__":
    sys.stdout.write(render())
