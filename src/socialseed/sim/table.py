"""Regenerates the figures of docs/safety.md: every policy, in the same world, under two profiles.

`python -m socialseed.sim.table --out docs/`
"""

import argparse
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from socialseed.app.process import StartError
from socialseed.sim import plots
from socialseed.sim.results import Summary
from socialseed.sim.run import Failed
from socialseed.sim.simulate import STOPPED, show, wishes
from socialseed.sim.simulate import parser as simulate_parser
from socialseed.sim.wanted import OURS, POLICIES

PAGE, DRAWINGS = "safety.md", "safety"
PROFILES = ("normal", "strict")  # under `lenient` hardly anything tells policies apart
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
HEADINGS = (
    ("Policy", "policy", "{}"),
    ("Warned", "accounts_warned_share", "{:.1%}"),
    ("Restricted", "accounts_restricted_share", "{:.1%}"),
    ("Suspended", "accounts_suspended_share", "{:.1%}"),
    ("Time green", "time_green_share", "{:.1%}"),
    ("Time clear", "time_clear_share", "{:.1%}"),
    ("Actions", "actions_done", "{:,}"),
    ("Followers gained", "followers_gained", "{:,}"),
    ("Human minutes", "reviewer_minutes", "{:,.0f}"),
    ("Limits exceeded", "limits_exceeded", "{:,}"),
    ("Invariants broken", "invariants_broken", "{:,}"),
)
Told = Mapping[str, object]


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(prog="python -m socialseed.sim.table", description=__doc__)
    add = made.add_argument
    add("--out", type=Path, default=Path("docs"), help="the folder of safety.md")
    add("--accounts", default="100")
    add("--days", default="90")
    add("--seed", default="1")
    add("--results", type=Path, metavar="DIR",
        help="keeps each summary as DIR/PROFILE/POLICY/summary.json, and takes those that are there"
        " instead of simulating anew")  # fmt: skip
    return made


def collect(given: argparse.Namespace) -> dict[str, list[Told]]:
    """For each profile the summaries of all policies."""
    return {name: [_one(given, name, policy) for policy in POLICIES] for name in PROFILES}


def _one(given: argparse.Namespace, profile: str, policy: str) -> Told:
    kept = given.results / profile / policy / "summary.json" if given.results else None
    if kept is not None and kept.is_file():
        found: Told = orjson.loads(kept.read_bytes())
        return found
    arguments = ["--accounts", given.accounts, "--days", given.days, "--seed", given.seed]
    arguments += ["--policy", policy, "--enforcement", profile]
    summary: Summary = show(wishes(simulate_parser().parse_args(arguments))[0], None)
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(orjson.dumps(summary))
    return summary


def figures(told: Mapping[str, Sequence[Told]]) -> str:
    """The tables as Markdown."""
    first = next(iter(told.values()))[0]
    lines = [
        f"{first['accounts']} accounts, {first['days']} days, seed {first['seed']}, scenario"
        f" `{first['scenario']}`. Source of every number: `summary.json` of `socialseed simulate`"
        f" with `--accounts {first['accounts']} --days {first['days']} --seed {first['seed']}` and"
        " the policy and profile named here. *Time green*: by the account's light, and for policies"
        " without lights by the platform's own standing, which *time clear* shows for all.",
    ]
    for profile, several in told.items():
        ours = next(one for one in several if one["policy"] == OURS)
        lines += ["", f"### Enforcement `{profile}`", ""]
        lines.append("| " + " | ".join(heading for heading, _, _ in HEADINGS) + " |")
        lines.append("|---" * len(HEADINGS) + "|")
        for one in several:
            cells = (form.format(one[field]) for _, field, form in HEADINGS)
            lines.append("| " + " | ".join(cells) + " |")
        lines += [
            "",
            f"Digest of `{OURS}`: `{ours['digest']}`.",
            "",
            f"![Policies side by side under {profile}]({DRAWINGS}/policies-{profile}.svg)",
        ]
    return "\n".join(lines)


def rewrite(page: str, tables: str) -> str:
    """The page with these figures between its marks. Raises ValueError when it has none."""
    if page.count(BEGIN) != 1 or page.count(END) != 1:
        raise ValueError(f"{PAGE} needs the marks {BEGIN} and {END} once each")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables}\n{END}{after}"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit status."""
    given = parser().parse_args(arguments)
    page = given.out / PAGE
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: everything is put away
    try:
        told = collect(given)
        page.write_text(rewrite(page.read_text("utf-8"), figures(told)), "utf-8")
    except (StartError, Failed, ValueError, OSError) as error:
        sys.stderr.write(f"The table was not made. {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("The table was stopped; what is kept in --results is not made again.\n")
        return STOPPED
    drawings = given.out / DRAWINGS
    for profile, several in told.items():
        plots.side_by_side(several).save(drawings, f"policies-{profile}", png=False)
    normal = {str(one["policy"]): one for one in told["normal"]}
    plots.save(normal[OURS], drawings, png=False)
    sys.stdout.write(f"{page}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
