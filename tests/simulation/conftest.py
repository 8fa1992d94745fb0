"""One tiny world under each policy, simulated once for all tests of a session."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from socialseed.sim import simulate
from tests.support.postgres import TestServer

TINY = Path(__file__).parent / "tiny.yaml"
DAYS = 5
Simulate = Callable[..., Mapping[str, Any]]


def arguments(server: TestServer, out: Path, policy: str, days: int = DAYS) -> list[str]:
    """The command line of a simulation of three accounts."""
    words = ["--accounts", "3", "--days", str(days), "--seed", "tiny", "--scenario", str(TINY)]
    words += ["--policy", policy, "--enforcement", "normal", "--out", str(out)]
    return [*words, "--database-url", server.url]


@pytest.fixture(scope="session")
def play(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """Simulates a policy anew; the folder of its results."""

    def run(policy: str) -> Path:
        out = tmp_path_factory.mktemp("simulation") / policy
        assert simulate.main(arguments(postgres_server, out, policy)) == 0
        return out

    return run


@pytest.fixture(scope="session")
def ours(play: Callable[[str], Path]) -> Path:
    """The folder of the product's results."""
    return play("socialseed")


def summary(folder: Path) -> Any:
    """summary.json of a folder."""
    return orjson.loads((folder / "summary.json").read_bytes())
