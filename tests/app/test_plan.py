"""`socialseed plan` as a process: the timeline it draws, and what it says when there is none."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.product import python_environment
from tests.support.serving import make_person, real_runtime
from tests.support.world import make_account


def run(database_url: str, home: Path, *arguments: str) -> Any:
    environment = python_environment(
        DATABASE_URL=database_url,
        SOCIALSEED_HOME=str(home),
        SOCIALSEED_SANDBOX_URL="http://127.0.0.1:1",
    )
    command = [sys.executable, "-m", "socialseed.app.cli", "plan", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


async def test_the_day_is_drawn_hour_by_hour(database_url: str, tmp_path: Path) -> None:
    hours = {"timezone": "Asia/Kolkata", "waking_start": 8, "waking_end": 22}
    async with real_runtime(database_url) as runtime:
        ada = await make_person(runtime, "ada")
        account = await make_account(runtime, ada.workspace, "twitter", "Clay", **hours)
        await make_account(runtime, ada.workspace, "tiktok", "wood")
        await make_account(runtime, ada.workspace, "instagram", "wood")
    told = run(database_url, tmp_path, "@clay", "--on", "2100-03-05")
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    assert lines[0] == "@Clay on X, Friday 5 March 2100"
    assert lines[1].startswith("Awake 08:00 to 22:00 in Asia/Kolkata. At most ")
    hours_drawn = [line for line in lines if line[:2].isdigit() and line[2:7] == ":00  "]
    assert [line[:5] for line in hours_drawn] == [f"{hour:02}:00" for hour in range(8, 22)]
    assert {len(line) for line in hours_drawn} == {37}
    drawn = "".join(line[7:] for line in hours_drawn)
    assert set(drawn) == {"○", "─", "·"}
    assert lines[-1].startswith("0 actions, ")
    assert run(database_url, tmp_path, str(account), "--on", "2100-03-05").stdout == told.stdout

    nobody = run(database_url, tmp_path, "nobody")
    assert (nobody.returncode, nobody.stdout) == (1, "")
    assert nobody.stderr.startswith("There is no account nobody.")
    two = run(database_url, tmp_path, "wood")
    assert two.returncode == 1 and "Name one by its id:" in two.stderr
    assert two.stderr.count("@wood on ") == 2
    when = run(database_url, tmp_path, "clay", "--on", "yesterday")
    assert when.returncode == 2 and "write it like 2026-03-05" in when.stderr


def test_without_a_database_the_command_says_so(tmp_path: Path) -> None:
    gone = run("postgresql://nobody:x@127.0.0.1:1/none", tmp_path, "clay")
    assert (gone.returncode, gone.stdout) == (1, "")
    assert gone.stderr == "The database cannot be used. Is SocialSeed running?\n"
