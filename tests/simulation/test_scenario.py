"""Scenarios: what does not fit is refused with the field's name; populations are fair."""

from collections import Counter
from pathlib import Path

import pytest
import yaml

from socialseed.sim import simulate
from socialseed.sim.population import populate
from socialseed.sim.scenario import ScenarioError, load, read
from tests.simulation.conftest import TINY


def changed(path: str, value: object) -> str:
    """The tiny scenario with one value changed."""
    data = yaml.safe_load(TINY.read_text())
    part = data
    *above, last = path.split(".")
    for name in above:
        part = part[name]
    part[last] = value
    return yaml.safe_dump(data)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("people", 3),
        ("people", "many"),
        ("workspaces.business.accounts", [3, 1]),
        ("workspaces.club", {"weight": 1, "accounts": [1, 1], "proposals": [1, 1]}),
        ("workspaces.business.weight", 0),
        ("platforms.tiktok.tiers.gold", 1),
        ("platforms.tiktok.kinds", ["shout"]),
        ("accounts.zones", ["Europe/Atlantis"]),
        ("accounts.established", 1.5),
        ("accounts.new_age_days", [-1, 4]),
        ("habits.reviewer.green.approve", 0.99),
        ("habits.doer.gone", 0.2),
        ("habits.doer.hours", [24]),
        ("habits.owner.patience", 3),
        ("tools.between_minutes", [10, 3]),
    ],
)
def test_what_does_not_fit_is_refused_by_its_name(path: str, value: object) -> None:
    with pytest.raises(ScenarioError) as refused:
        read(changed(path, value))
    # An unknown or summed field is named by what holds it.
    *above, last = path.split(".")
    assert last in str(refused.value) or above[-1] in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", "a: [", "3"])
def test_what_is_no_scenario_is_refused(text: str) -> None:
    with pytest.raises(ScenarioError):
        read(text)


def test_a_scenario_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="default, small"):
        load("medium")
    with pytest.raises(ScenarioError, match="cannot read"):
        load(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    "words",
    [
        ["--scenario", "medium"],
        ["--enforcement", "brutal"],
        ["--enforcement", "off"],
        ["--policy", "spam"],
        ["--accounts", "0"],
        ["--days", "9999"],
    ],
)
def test_a_wrong_command_line_is_refused_before_anything_starts(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        simulate.main(words)
    assert ended.value.code == 2
    assert words[0].strip("-") in capsys.readouterr().err or words[1] != "off"


@pytest.mark.parametrize("accounts", [1, 7, 100])
def test_a_population_has_its_size_and_its_proportions(accounts: int) -> None:
    scenario = load("default")
    firms = populate(scenario, "x", accounts)
    members = [one for firm in firms for one in firm.members]
    assert [one.number for one in members] == list(range(accounts))
    assert len({one.person.handle for one in members}) == accounts
    platforms = Counter(one.person.platform for one in members)
    for platform, network in scenario.platforms.items():
        assert abs(platforms[platform] - network.weight * accounts) <= 1
    old = sum(one.established for one in members)
    assert abs(old - scenario.accounts.established * accounts) <= len(scenario.platforms)
    assert firms == populate(scenario, "x", accounts)
    assert firms != populate(scenario, "y", accounts)
