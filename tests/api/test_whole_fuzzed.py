"""Generated calls to a real server: whatever comes in, no operation answers with a failure of ours.

The data are fit and unfit for the OpenAPI document, in turns, and the same in every run.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import hypothesis
import pytest
import schemathesis
from schemathesis import Case, GenerationMode
from schemathesis.config import (
    CoveragePhaseConfig,
    GenerationConfig,
    PhasesConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.specs.openapi import checks

from tests.api.whole import document
from tests.support.client import API, Client
from tests.support.postgres import TestServer, drop_database, fresh_database
from tests.support.product import running

EXAMPLES = 8
# A stream does not end; deleting oneself and signing out would end the run.
LEFT_OUT = ("live_events", "delete_me")


@dataclass(frozen=True)
class Target:
    """A running API with an owner's token, and what is there to be found."""

    url: str
    token: str
    known: dict[str, str]


@pytest.fixture(scope="module")
def target(
    postgres_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Target]:
    url = fresh_database(postgres_server)
    with running(tmp_path_factory.mktemp("fuzzed"), url) as product:
        product.start_api()
        with Client(product.url) as client:
            made = _furnished(client, product.url)
            yield made
            # Else every call since had been refused at the door, and nothing was proved.
            assert client.http.get(f"{API}/users/profile", headers=_bearer(made)).status_code == 200
    drop_database(postgres_server, url)


def _furnished(client: Client, url: str) -> Target:
    client.enter("fuzz@example.com")
    client.consent("publish", "engage", "discover")
    account = client.connected_account("tiktok", "fuzz_pottery")["id"]
    person = {"handle": "weaver", "followers": 500}
    data = {"media_url": "https://media.example.com/1.mp4", "text": "A bowl."}
    rule = {
        "platform": "tiktok",
        "name": "Potters",
        "keywords": ["clay"],
        "action_types": ["follow"],
    }
    known = {
        "account_id": account,
        "action_id": client.propose(account, "publish_video", data)["id"],
        "rule_id": client.ask("POST", "/targeting", rule)["id"],
        "export_id": client.ask("POST", "/privacy/export")["id"],
        "user_id": client.profile()["id"],
    }
    client.propose(account, "follow", {"person": person})
    token = client.login("fuzz@example.com")
    return Target(url, token, known)


def _configured() -> SchemathesisConfig:
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    generation = GenerationConfig(modes=modes, max_examples=EXAMPLES, deterministic=True)
    # What a path does with other methods is the router's, and tested where the router is.
    phases = PhasesConfig(coverage=CoveragePhaseConfig(unexpected_methods=set()))
    projects = ProjectsConfig(default=ProjectConfig(generation=generation, phases=phases))
    return SchemathesisConfig(seed=7, projects=projects)


schema = schemathesis.openapi.from_dict(asyncio.run(document()), config=_configured())


@schema.exclude(operation_id=list(LEFT_OUT)).parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_no_generated_call_fails(case: Case[Any], target: Target):
    _aim(case, target)
    headers = {} if case.operation.path.endswith("/logout") else _bearer(target)
    answer = case.call(base_url=target.url, headers=headers, timeout=20)
    case.validate_response(
        answer,
        checks=[
            schemathesis.checks.not_a_server_error,
            checks.status_code_conformance,
            checks.content_type_conformance,
            checks.response_schema_conformance,
        ],
    )


def _bearer(target: Target) -> dict[str, str]:
    return {"authorization": f"Bearer {target.token}"}


def _aim(case: Case[Any], target: Target) -> None:
    """A generated id of the right form becomes one that is there, but nothing is deleted."""
    if case.method.upper() == "DELETE":
        return
    places: list[Any] = [case.path_parameters, case.body]
    for place in places:
        for name in target.known.keys() & place.keys() if isinstance(place, dict) else ():
            if _is_id(place[name]):
                place[name] = target.known[name]


def _is_id(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
