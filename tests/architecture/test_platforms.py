"""A platform is its folder, a line of the registry and its test: docs/how-to/add-a-platform.md."""

import ast
from pathlib import Path

import pytest

from socialseed.bootstrap import CONNECTORS, with_sheets
from socialseed.connectors.gateway import Gateway
from socialseed.connectors.http import open_client
from socialseed.connectors.registry import Connectors
from socialseed.core.settings import Settings
from socialseed.policy.capabilities.ledger import LEDGER
from tests.contracts.toy.connector import ToyConnector
from tests.support.accounts import connectors_of

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "socialseed"
FOLDERS = {path.parent.name for path in (SOURCE / "connectors").glob("*/connector.py")}


def test_the_registry_has_each_folder_and_no_other():
    assert set(CONNECTORS) == FOLDERS


@pytest.mark.parametrize("word", CONNECTORS)
def test_a_platform_is_a_folder_with_its_test(word: str):
    folder = SOURCE / "connectors" / word
    for name in ("manifest.py", "connector.py", "api.py", "mapping.py", "README.md"):
        assert (folder / name).is_file(), name
    assert (ROOT / "tests" / "contracts" / f"test_{word}.py").is_file()


@pytest.mark.parametrize("word", CONNECTORS)
def test_nobody_but_the_registry_knows_a_platforms_folder(word: str):
    inside = f"socialseed.connectors.{word}"
    knowing = {
        str(file.relative_to(SOURCE))
        for file in SOURCE.rglob("*.py")
        if SOURCE / "connectors" / word not in file.parents
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(inside)
    }
    assert knowing == {"bootstrap.py"}


async def test_manifest_and_ledger_agree_on_word_name_and_tiers():
    async with open_client(Settings(), gateway=Gateway(None)) as http:
        toy = Connectors({"toy": ToyConnector.of(http, Settings())}, http.quotas, http)
        found = {**connectors_of(http).by_platform, **toy.by_platform}
        ledger = with_sheets(LEDGER, Connectors(found))
        for word, connector in found.items():
            sheet = connector.manifest
            assert (sheet.platform, sheet.name) == (word, ledger.names[word])
            assert set(sheet.tiers) == set(ledger.tiers(word))
            kinds = {row.action_type for row in ledger.rows(word)}
            assert sheet.performs <= kinds
