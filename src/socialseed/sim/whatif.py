"""A what-if: today's policy, and a changed one, in the same world. `python -m` this module.

Takes its task as JSON on standard input; says how far it is, then the summaries, a line each.
Ends by itself when whoever asked is gone.
"""

import os
import signal
import sys
from dataclasses import dataclass

import msgspec
import orjson

from socialseed.app.process import StartError
from socialseed.sandbox.enforcement.profile import named
from socialseed.sim.private import server
from socialseed.sim.results import Summary
from socialseed.sim.run import Failed, simulate
from socialseed.sim.scenario import Scenario, load
from socialseed.sim.wanted import OURS, Wanted

Numbers = dict[str, int | float]
BEHIND = 15  # niceness: what would happen never delays what does
FEWEST_PEOPLE, PEOPLE_EACH = 300, 90  # of a platform
STEP = 0.01  # of the whole, between two lines


class WhatIf(msgspec.Struct, frozen=True, kw_only=True):
    """The task. `today` and `changed` are what a policy moves; no `changed`: only today's runs."""

    accounts: int
    days: int
    seed: str
    enforcement: str
    today: Numbers
    changed: Numbers | None


@dataclass(slots=True)
class _Speaker:
    """Says how far the whole is, and notices when nobody listens any more."""

    runs: int
    parent: int
    run: int = 0
    said: float = 0.0

    def progress(self, done: float) -> None:
        if os.getppid() != self.parent:
            raise KeyboardInterrupt
        whole = (self.run + done) / self.runs
        if whole >= self.said + STEP:
            self.said = whole
            say({"progress": round(whole, 3)})


def say(line: object) -> None:
    """One line of JSON."""
    sys.stdout.buffer.write(orjson.dumps(line) + b"\n")
    sys.stdout.buffer.flush()


def _scenario(accounts: int) -> Scenario:
    """The default one, with as many people around as so few accounts can meet."""
    usual = load("default")
    people = min(usual.people, FEWEST_PEOPLE + PEOPLE_EACH * accounts)
    return msgspec.structs.replace(usual, people=people)


def play(task: WhatIf) -> None:
    """The last line holds the summaries."""
    policies = [task.today, *([task.changed] if task.changed is not None else [])]
    speaker = _Speaker(len(policies), os.getppid())
    told: list[Summary] = []
    with server(None) as root:
        for numbers in policies:
            told.append(simulate(_wanted(task, numbers), speaker.progress, root))
            speaker.run += 1
    say({"summary": {"today": told[0], "changed": told[1] if len(told) > 1 else None}})


def _wanted(task: WhatIf, numbers: Numbers) -> Wanted:
    return Wanted(
        accounts=task.accounts,
        days=task.days,
        seed=task.seed,
        policy=OURS,
        enforcement=named(task.enforcement),
        scenario=_scenario(task.accounts),
        numbers=numbers or None,
    )


def main() -> int:
    """The process, and all that it starts."""
    os.nice(BEHIND)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: everything is put away
    try:
        play(msgspec.json.decode(sys.stdin.buffer.read(), type=WhatIf))
    except (Failed, StartError) as error:
        sys.stderr.write(f"{error}\n")
        say({"failure": f"The simulation failed: {str(error).splitlines()[0]}"})
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
