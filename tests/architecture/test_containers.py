"""The container files name only what the project has, and the health check tells health."""

import json
import re
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from socialseed.app import cli
from socialseed.core.settings import Settings
from socialseed.monitoring.probes import router

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
# Variables that only `./start.sh` or compose itself reads.
NOT_PASSED = {"SOCIALSEED_HOME", "SOCIALSEED_POSTGRES_BIN", "POSTGRES_PASSWORD"}


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions in order: word and the rest, continued lines joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = [line.split(None, 1) for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    return [(word, rest.strip()) for word, rest in lines]


def only(word: str) -> str:
    """The one instruction of this word."""
    (found,) = [rest for name, rest in instructions() if name == word]
    return found


def known_variables() -> set[str]:
    """What the product reads from its environment."""
    named = {
        str(field.validation_alias or f"SOCIALSEED_{name.upper()}")
        for name, field in Settings.model_fields.items()
    }
    return named | {"SOCIALSEED_POSTGRES_BIN"}


def example_variables() -> set[str]:
    return set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_what_the_image_copies_is_there_and_in_the_build_context() -> None:
    rules = [r for r in (ROOT / ".dockerignore").read_text().splitlines() if not r.startswith("#")]
    assert rules[0] == "*", "the build context is a list of what belongs into it"
    kept = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = [
        source.rstrip("/")
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from=")
        for source in rest.split()[:-1]
    ]
    assert len(copied) > 4
    for source in copied:
        assert (ROOT / source).exists(), source
        assert kept & {source, source.split("/")[0]}, f"{source} is left out by .dockerignore"
    assert {one.split("/")[0] for one in copied} == {one.split("/")[0] for one in kept}


def test_the_image_runs_a_command_that_there_is() -> None:
    interpreter, flag, module = json.loads(only("ENTRYPOINT"))
    assert (interpreter, flag) == ("python", "-m")
    assert find_spec(module) is not None and module == cli.__name__
    (command,) = json.loads(only("CMD"))
    assert command in {one.name for one in cli.app.registered_commands}


def test_the_containers_set_only_variables_that_the_product_reads() -> None:
    image = re.findall(r"\b(SOCIALSEED_\w+)=", " ".join(r for w, r in instructions() if w == "ENV"))
    given = set(COMPOSE["services"]["socialseed"]["environment"])
    assert image and given
    assert {*image, *given} <= known_variables()
    assert example_variables() <= known_variables() | {"POSTGRES_PASSWORD"}


def test_compose_passes_on_every_variable_that_a_person_may_set() -> None:
    given = COMPOSE["services"]["socialseed"]["environment"]
    assert example_variables() - NOT_PASSED == set(given)


def test_compose_holds_together() -> None:
    services = COMPOSE["services"]
    product = services["socialseed"]
    for name, wait in product["depends_on"].items():
        assert wait["condition"] == "service_healthy" and services[name]["healthcheck"]["test"]
        (published,) = services[name]["ports"]
        host, port, _ = re.fullmatch(r"([\d.]+):(\$\{.+\}):(\d+)", published).groups()  # type: ignore[union-attr]
        assert host == "127.0.0.1"
        address = product["environment"][{"postgres": "DATABASE_URL", "redis": "REDIS_URL"}[name]]
        assert f"127.0.0.1:{port}/" in address
    mounted = {v.partition(":")[0] for s in services.values() for v in s.get("volumes", [])}
    assert mounted == set(COMPOSE["volumes"])
    assert product["volumes"] == [f"data:{only('VOLUME')}"]
    assert product["init"] is True, "a stop during the first imports would go unheard"
    # The supervisor takes up to 15 s for all that it stops.
    assert int(product["stop_grace_period"].rstrip("s")) > 15


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_asks_whether_the_product_is_ready(status: int, healthy: bool) -> None:
    asked: list[str] = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *_: object) -> None: ...

    command = json.loads(only("HEALTHCHECK").partition("CMD")[2])
    assert command[0] == "python"
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.handle_request, daemon=True).start()
        done = subprocess.run(
            [sys.executable, *command[1:]],
            env={"SOCIALSEED_PORT": str(server.server_port)},
            capture_output=True,
            timeout=30,
        )
    assert (done.returncode == 0) is healthy, done.stderr
    assert asked == ["/health/ready"]
    assert asked[0] in {getattr(route, "path", "") for route in router.routes}
