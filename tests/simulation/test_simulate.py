"""A simulated world: whole, repeatable, within its limits, and judged alike for everybody."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from socialseed.app import embedded
from socialseed.sim.table import BEGIN, END, figures, rewrite
from tests.simulation.conftest import DAYS, arguments, summary
from tests.support.postgres import TestServer

DRAWINGS = {"actions-by-day", "hours", "health", "phases"}


def databases(server: TestServer) -> set[str]:
    found = embedded.psql(server.url, "SELECT datname FROM pg_database")
    return {name for name in found.split() if name.startswith("simulation_")}


def is_shard(process: psutil.Process) -> bool:
    try:
        return "socialseed.sim.shard" in process.cmdline()
    except psutil.Error:  # a short-lived one has ended
        return False


def test_the_summary_is_whole(ours: Path) -> None:
    told = summary(ours)
    assert told["accounts"] == 3
    assert told["days"] == DAYS
    assert (told["seed"], told["policy"]) == ("tiny", "socialseed")
    done = sum(outcomes.get("succeeded", 0) for outcomes in told["actions"].values())
    assert done == told["actions_done"] > 20
    series = told["series"]
    by_day = series["actions_by_day"]
    assert [row["day"] for row in by_day] == list(range(1, DAYS + 1))
    assert sum(row["green"] + row["yellow"] + row["red"] for row in by_day) == done
    assert (len(series["hours"]), {len(row) for row in series["hours"]}) == (7, {24})
    assert sum(map(sum, series["hours"])) == done
    assert all(sum(row[f"phase_{n}"] for n in (1, 2, 3)) == 3 for row in series["phases"])
    assert all(0 <= row["p10"] <= row["p50"] <= row["p90"] <= 100 for row in series["health"])
    assert told["reviewer_minutes"] > 0


def test_no_promise_is_broken_and_nobody_acts_at_night(ours: Path) -> None:
    told = summary(ours)
    assert told["broken"] == []
    assert told["exceeded"] == []
    assert (told["limits_exceeded"], told["invariants_broken"]) == (0, 0)
    assert [hour for row in told["series"]["hours"] for hour in row[:7]] == [0] * 49


def test_everything_is_drawn(ours: Path) -> None:
    assert {file.stem for file in ours.glob("*.svg")} == DRAWINGS
    for file in ours.glob("*.svg"):
        assert file.read_text().startswith("<svg ")
        png = file.with_suffix(".png").read_bytes()
        assert png.startswith(b"\x89PNG")
        assert int.from_bytes(png[16:20], "big") == 2 * 760


def test_the_same_seed_plays_the_same_world(ours: Path, play: Callable[[str], Path]) -> None:
    first, again = summary(ours), summary(play("socialseed"))
    assert again["digest"] == first["digest"]
    passing = {"wall_s"}
    assert {k: v for k, v in again.items() if k not in passing} == {
        k: v for k, v in first.items() if k not in passing
    }


@pytest.mark.parametrize("policy", ["fixed-interval", "limits-only"])
def test_other_ways_of_acting_are_punished_more(
    ours: Path, play: Callable[[str], Path], policy: str
) -> None:
    mine, theirs = summary(ours), summary(play(policy))
    assert mine["accounts_restricted_share"] == mine["accounts_warned_share"] == 0
    assert theirs["accounts_restricted_share"] > 0
    assert theirs["time_clear_share"] < 0.9 < mine["time_clear_share"]
    worst = theirs["troubled"][0]
    assert worst["blamed"]
    assert worst["steps"]


def test_a_stop_leaves_nothing_behind(postgres_server: TestServer, tmp_path: Path) -> None:
    before = databases(postgres_server)
    words = arguments(postgres_server, tmp_path / "out", "socialseed", days=365)
    process = subprocess.Popen(
        [sys.executable, "-m", "socialseed.sim.simulate", *words],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    shards: list[psutil.Process] = []
    while len(shards) < 2:
        assert process.poll() is None
        shards = [one for one in psutil.Process(process.pid).children() if is_shard(one)]
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"was stopped" in said
    assert b"Traceback" not in said
    gone, alive = psutil.wait_procs(shards, timeout=10)
    assert (len(gone), alive) == (2, [])
    assert databases(postgres_server) == before
    assert list(tmp_path.iterdir()) == []


def test_the_figures_go_between_their_marks(ours: Path) -> None:
    told = summary(ours)
    page = rewrite(f"before\n{BEGIN}\nold\n{END}\nafter\n", figures({"normal": [told]}))
    assert page.startswith(f"before\n{BEGIN}\n")
    assert page.endswith(f"{END}\nafter\n")
    assert "old" not in page
    assert told["digest"] in page
    with pytest.raises(ValueError, match="marks"):
        rewrite("no marks", "")
