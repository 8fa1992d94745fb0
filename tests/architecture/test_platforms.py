"""Every platform's word has all that docs/how-to/add-a-platform.md asks for."""

from configparser import ConfigParser
from pathlib import Path
from typing import get_args

import pytest

from socialseed.accounts.events import PLATFORM_NAMES
from socialseed.bootstrap import CONNECTORS
from socialseed.connectors.types import Platform
from socialseed.policy.capabilities.ledger import LEDGER
from socialseed.policy.pacing.tables import CEILINGS
from socialseed.policy.phases.programme import opens_on_day
from socialseed.policy.risk.words import NAMES

ROOT = Path(__file__).resolve().parents[2]
WORDS = get_args(Platform)


def test_the_registry_has_each_word_and_no_other():
    assert set(CONNECTORS) == set(WORDS)


@pytest.mark.parametrize("word", WORDS)
def test_a_platform_is_a_folder_with_its_test(word: str):
    folder = ROOT / "src" / "socialseed" / "connectors" / word
    for name in ("manifest.py", "connector.py", "api.py", "mapping.py", "README.md"):
        assert (folder / name).is_file(), name
    assert (ROOT / "tests" / "contracts" / f"test_{word}.py").is_file()
    rules = ConfigParser()
    rules.read(ROOT / ".importlinter")
    alone = rules["importlinter:contract:platforms"]["modules"].split()
    assert f"socialseed.connectors.{word}" in alone


@pytest.mark.parametrize("word", WORDS)
def test_a_platform_is_opened_by_its_tables(word: str):
    assert LEDGER.rows(word)
    assert opens_on_day(word) is not None
    assert word in CEILINGS
    assert word in NAMES
    assert word in PLATFORM_NAMES
