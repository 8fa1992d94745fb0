"""`socialseed simulate`: a population under one policy in a judging world, summed up and drawn."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from socialseed.app.process import StartError
from socialseed.sandbox.enforcement.profile import ProfileError
from socialseed.sandbox.guard import chosen
from socialseed.sim import plots
from socialseed.sim.results import Summary
from socialseed.sim.run import Failed, simulate
from socialseed.sim.scenario import ScenarioError, load
from socialseed.sim.wanted import POLICIES, Wanted

MOST_ACCOUNTS, MOST_DAYS = 2_000, 730
ALL = "all"
STOPPED = 130  # what a shell expects of a program that Ctrl-C ended


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="socialseed simulate",
        description="Plays a population of accounts on a virtual clock in the platform sandbox's"
        " world, whose enforcement warns, restricts and suspends. Nothing real is touched.",
    )
    add = made.add_argument
    add("--accounts", type=_between(1, MOST_ACCOUNTS), default=20, help="how many (default 20)")
    add("--days", type=_between(1, MOST_DAYS), default=30, help="how long (default 30)")
    add("--seed", default="1", help="the same seed plays the same world (default 1)")
    add("--enforcement", default="normal", metavar="FILE",
        help="lenient, normal, strict, or a YAML file (default normal)")  # fmt: skip
    add("--policy", choices=(*POLICIES, ALL), default=POLICIES[0],
        help="who acts; all: each in a folder of its own (default socialseed)")  # fmt: skip
    add("--scenario", default="default", metavar="FILE",
        help="default, small, or a YAML file (default default)")  # fmt: skip
    add("--out", type=Path, default=Path("simulation"), help="folder of the results")
    add("--database-url", help="a PostgreSQL where databases may be made (default: one of its own)")
    return made


def _between(low: int, high: int) -> "type[int]":
    def number(text: str) -> int:
        value = int(text)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"choose from {low} to {high}")
        return value

    return number  # type: ignore[return-value]


def wishes(given: argparse.Namespace) -> list[Wanted]:
    """The simulations that the command line asks for. Raises ProfileError, ScenarioError."""
    profile = chosen(given.enforcement)
    if profile is None:
        raise ProfileError("a simulation needs a profile; lenient is the mildest")
    scenario = load(given.scenario)
    return [
        Wanted(
            accounts=given.accounts,
            days=given.days,
            seed=given.seed,
            policy=policy,
            enforcement=profile,
            scenario=scenario,
        )
        for policy in (POLICIES if given.policy == ALL else (given.policy,))
    ]


def show(wanted: Wanted, database_url: str | None) -> Summary:
    """Runs it under a progress bar."""
    columns = (
        TextColumn("{task.description:<16}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        row = bar.add_task(wanted.policy, total=1.0)
        return simulate(wanted, lambda done: bar.update(row, completed=done), database_url)


def write(summary: Summary, out: Path) -> None:
    """summary.json and the drawings stand in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    pretty = orjson.dumps(summary, option=orjson.OPT_INDENT_2)
    (out / "summary.json").write_bytes(pretty + b"\n")
    plots.save(summary, out)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    command = parser()
    given = command.parse_args(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: everything is put away
    try:
        _all(wishes(given), given)
    except (ProfileError, ScenarioError) as error:
        command.error(str(error))
    except (StartError, Failed) as error:
        sys.stderr.write(f"The simulation failed. {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("The simulation was stopped; nothing is left of it.\n")
        return STOPPED
    return 0


def _all(several: Sequence[Wanted], given: argparse.Namespace) -> None:
    told = []
    for wanted in several:
        out = given.out / wanted.policy if len(several) > 1 else given.out
        summary = show(wanted, given.database_url)
        write(summary, out)
        told.append(summary)
        sys.stdout.write(f"{wanted.policy}: {_line(summary)}\n{out / 'summary.json'}\n")
    if len(told) > 1:
        plots.side_by_side(told).save(given.out, "policies")


def _line(told: Summary) -> str:
    names = ("actions_done", "time_green_share", "accounts_restricted_share",
             "accounts_suspended_share", "followers_gained", "limits_exceeded",
             "invariants_broken", "wall_s")  # fmt: skip
    return ", ".join(f"{name} {told[name]}" for name in names)


if __name__ == "__main__":
    sys.exit(main())
