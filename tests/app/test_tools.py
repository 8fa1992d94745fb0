"""What start.sh and test.sh are made of: counts, stamps, logs, ports, settings, schema."""

import io
import os
import sys
from pathlib import Path

import pytest

from socialseed.app import bars, home, prepare, schema
from socialseed.app.cli import read_env_file
from socialseed.app.supervisor import limit_log
from tests.support import checks
from tests.support.postgres import TestServer, empty_database, migrate


def test_a_failing_check_is_counted_shown_and_does_not_stop_the_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"]
    bad = checks.Check("bad", failing, logs=tmp_path)
    good = checks.Check("good", [sys.executable, "-c", "pass"], logs=tmp_path)
    assert checks.run_all([bad, good], dict(os.environ)) == checks.Count(passed=1, failed=1)
    said = capsys.readouterr().out
    assert "FAILED  bad" in said
    assert "the reason" in said
    assert "ok      good" in said


def test_a_test_run_that_breaks_before_its_report_is_a_failure(
    tmp_path: Path,
) -> None:
    missing = tmp_path / "never.xml"
    check = checks.Check(
        "tests",
        [sys.executable, "-c", "pass"],
        count=lambda: checks.pytest_count(missing),
        logs=tmp_path,
    )
    assert checks.run(check, dict(os.environ)) == checks.Count(failed=1)


def test_the_digest_follows_sources_and_ignores_what_is_made_from_them(
    tmp_path: Path,
) -> None:
    (tmp_path / "src").mkdir()
    page = tmp_path / "src" / "page.tsx"
    page.write_text("one")
    before = prepare.source_digest(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").write_text("built")
    (tmp_path / "src" / "page.test.tsx").write_text("a test")
    assert prepare.source_digest(tmp_path) == before
    page.write_text("two")
    assert prepare.source_digest(tmp_path) != before


def test_a_log_stays_small_and_keeps_three_before_it(tmp_path: Path) -> None:
    log = tmp_path / "api.log"
    for turn in range(6):
        log.write_text(f"turn {turn}\n" * 10)
        limit_log(log, limit=50)
    assert log.read_text() == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("api.log", "api.log.1", "api.log.2", "api.log.3"),
    ]
    assert "turn 5" in (tmp_path / "api.log.1").read_text()


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOCIALSEED_PORT", "8100")
    monkeypatch.setenv("REDIS_URL", "")
    monkeypatch.delenv("REDIS_URL")
    file = tmp_path / ".env"
    file.write_text("# note\nSOCIALSEED_PORT=1\nREDIS_URL='redis://127.0.0.1'\n#DATABASE_URL=x\n")
    read_env_file(file)
    assert os.environ["SOCIALSEED_PORT"] == "8100"
    assert os.environ["REDIS_URL"] == "redis://127.0.0.1"


def test_a_kept_port_avoids_the_one_that_is_spoken_for(tmp_path: Path) -> None:
    place = home.open_home(tmp_path)
    port = home.kept_port(place, "sandbox")
    assert home.kept_port(place, "sandbox") == port
    assert home.kept_port(place, "sandbox", avoid=port) != port


def test_a_migrated_database_is_known_as_current(postgres_server: TestServer) -> None:
    url = empty_database(postgres_server)
    assert not schema.is_current(url)
    migrate(url)
    assert schema.is_current(url)


def test_drivers_are_left_out_of_addresses() -> None:
    assert schema.plain_url("postgresql+asyncpg://u:p@h/d") == "postgresql://u:p@h/d"
    assert schema.plain_url("postgres://u:p@h/d?sslmode=require") == (
        "postgresql://u:p@h/d?sslmode=require"
    )


def test_progress_without_a_terminal_is_plain_lines() -> None:
    out = io.StringIO()
    with bars.step("Demo", out) as bar:
        bar.advance(1, 2, "day 1")
        bar.advance(1, 2, "day 1")
    lines = out.getvalue().splitlines()
    assert lines[0] == "Demo: 50 % day 1"
    assert lines[1].startswith("Demo: done")
    assert len(lines) == 2
