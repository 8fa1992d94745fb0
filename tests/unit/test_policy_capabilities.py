"""The ledger: what the sheets say, what a connector's lack makes of it, and when proof expires."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from socialseed.policy.capabilities.ledger import (
    LEDGER,
    PLATFORMS,
    READS,
    find,
    mode_for,
    parse,
    rows,
    written,
)
from socialseed.policy.capabilities.types import Entry
from socialseed.policy.pacing import limits

BESIDE = Path(__file__).resolve().parents[3]  # of the project; there only where it is built
SHEET = BESIDE / "shared" / "platforms" / "capabilities.yaml"
CONNECTED = ("tiktok", "instagram", "twitter")
ALL = frozenset(row.action_type for row in rows("twitter"))


def test_every_platform_has_a_row_for_every_kind_and_tier():
    kinds = {key[1] for key in LEDGER.entries}
    assert len(kinds - READS) == 13
    assert kinds >= READS
    for platform in PLATFORMS:
        told = {(one.capability.action_type, one.capability.tier) for one in LEDGER.lines(platform)}
        assert told == {(kind, tier) for kind in kinds for tier in LEDGER.tiers(platform)}
    assert set(PLATFORMS) == {*CONNECTED, "linkedin", "pinterest"}


@pytest.mark.parametrize(
    ("platform", "tiers"),
    [
        ("twitter", ("self_serve", "enterprise")),
        ("tiktok", ("unaudited", "audited", "business")),
        ("instagram", ("instagram_login", "facebook_login")),
    ],
)
def test_the_usual_tier_comes_first(platform: str, tiers: tuple[str, ...]):
    assert LEDGER.tiers(platform) == tiers


@pytest.mark.parametrize(
    ("platform", "action", "tier", "mode", "needs_approval"),
    [
        ("twitter", "publish_text", "self_serve", "api", False),
        ("twitter", "follow", "self_serve", "human", False),
        ("twitter", "follow", "enterprise", "api", True),
        ("twitter", "publish_carousel", "enterprise", "forbidden", False),
        ("instagram", "like", "instagram_login", "human", False),
        ("instagram", "like", "facebook_login", "api", True),
        ("instagram", "publish_text", "facebook_login", "forbidden", False),
        ("instagram", "search", "instagram_login", "forbidden", False),
        ("tiktok", "publish_video", "audited", "api", True),
        ("tiktok", "follow", "audited", "human", False),
        ("tiktok", "search", "audited", "forbidden", False),
        ("linkedin", "publish_text", "member", "api", True),
        ("pinterest", "follow", "standard", "human", False),
    ],
)
def test_the_ledger_says_what_the_sheets_say(
    platform: str, action: str, tier: str, mode: str, needs_approval: bool
):
    row = find(platform, action, tier)
    assert row is not None
    assert (row.mode, row.needs_approval) == (mode, needs_approval)


def test_every_row_says_who_says_so_since_when_and_until_when():
    for entry in LEDGER.entries.values():
        row = entry.capability
        assert row.source and row.sentence.endswith(".")
        assert (row.recheck_on - row.as_of).days == 90


def test_what_the_api_may_do_has_a_call_and_mostly_a_quota():
    for key, entry in LEDGER.entries.items():
        if entry.capability.mode == "api":
            assert entry.call, key
            assert entry.quota or key[1] == "mentions", key


def _policy(entry: Entry) -> str:
    """What the sheet would call it."""
    row = entry.capability
    if entry.call is None:
        return "not_offered"
    return "human_initiated_only" if row.needs_approval else "automatable"


@pytest.mark.skipif(not SHEET.is_file(), reason="the compiled capabilities are not here")
def test_every_row_of_the_compiled_capabilities_is_represented():
    told = yaml.safe_load(SHEET.read_text())["platforms"]
    wrong = []
    for name, kinds in told.items():
        platform = {"x": "twitter"}.get(name, name)
        for kind, sheet in kinds.items():
            lines = [x for x in LEDGER.lines(platform) if x.capability.action_type == kind]
            best = [one for one in lines if one.capability.mode == "api"]
            if not lines:
                wrong.append(f"{platform} {kind}: no row")
            elif bool(best) != (sheet["endpoint"] is not None):
                wrong.append(f"{platform} {kind}: api {bool(best)}")
            elif best and {_policy(one) for one in best} != {sheet["policy"]}:
                wrong.append(f"{platform} {kind}: {sheet['policy']}")
            elif best and (best[0].quota is None) != (sheet["quota"] is None):
                wrong.append(f"{platform} {kind}: quota")
            elif sheet["access"] is not None and not all(one.gate for one in best):
                wrong.append(f"{platform} {kind}: gate")
    assert wrong == []


def test_conditions_turn_the_api_into_a_task_when_unmet_or_unknown():
    reply = find("twitter", "reply", "self_serve")
    assert [mode_for(reply, summoned, None) for summoned in (True, False, None)] == [
        "api",
        "human",
        "human",
    ]
    comment = find("instagram", "comment", "instagram_login")
    assert [mode_for(comment, None, own) for own in (True, False, None)] == [
        "api",
        "human",
        "human",
    ]
    assert mode_for(None, True, True) == "forbidden"


def test_an_unaudited_tiktok_app_posts_privately_for_five_accounts_a_day():
    for kind in ("publish_image", "publish_video", "publish_carousel"):
        row = find("tiktok", kind, "unaudited")
        assert row is not None
        assert (row.visibility, row.accounts_a_day) == ("private", 5)
        audited = find("tiktok", kind, "audited")
        assert audited is not None
        assert (audited.visibility, audited.accounts_a_day) == ("public", None)
        assert LEDGER.capped(kind) == ["tiktok/unaudited"]
    assert LEDGER.capped("comment") == []


def test_carousels_and_covers_are_as_large_as_the_platforms_say():
    def line(platform: str, kind: str) -> Entry:
        found = LEDGER.entry(platform, kind, LEDGER.tiers(platform)[0])
        assert found is not None
        return found

    most = {name: line(name, "publish_carousel").most_media for name in PLATFORMS}
    assert most == {
        "twitter": None,
        "instagram": 10,
        "tiktok": 35,
        "linkedin": 20,
        "pinterest": 5,
    }
    assert line("twitter", "publish_image").most_media == 4
    assert [name for name in CONNECTED if line(name, "publish_video").cover] == ["instagram"]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_a_connector_lacks_is_nowhere_api(platform: str):
    """Taking one kind away from what is performed leaves it to a person, or to nobody."""
    for row in (one.capability for one in LEDGER.lines(platform)):
        if row.mode != "api":
            continue
        everything = ALL | READS
        whole = LEDGER.holding(platform, row.action_type, row.tier, everything)
        less = LEDGER.holding(platform, row.action_type, row.tier, everything - {row.action_type})
        assert whole == row
        assert less is not None
        assert less.mode == ("forbidden" if row.action_type in READS else "human")
        assert "SocialSeed" in less.sentence
        assert mode_for(less, True, True) == less.mode


@pytest.mark.parametrize("platform", PLATFORMS)
def test_without_a_connector_nothing_is_possible(platform: str):
    for line in LEDGER.lines(platform):
        row = line.capability
        held = LEDGER.holding(platform, row.action_type, row.tier, None)
        assert held is not None
        assert held.mode == "forbidden"
        if row.mode != "forbidden":
            name = LEDGER.names[platform]
            assert held.sentence == f"SocialSeed has no connector for {name} yet."


def test_a_lack_never_makes_a_row_milder():
    nothing: frozenset[str] = frozenset()
    for (platform, kind, tier), entry in LEDGER.entries.items():
        held = LEDGER.holding(platform, kind, tier, nothing)
        assert held is not None
        assert held.mode != "api"
        if entry.capability.mode == "forbidden":
            assert held == entry.capability
    assert LEDGER.holding("twitter", "moonwalk", "self_serve", nothing) is None


def test_proof_lasts_until_its_re_check_date_and_no_longer():
    row = find("twitter", "publish_text", "self_serve")
    assert row is not None
    assert row.proof(row.recheck_on) == "fresh"
    assert row.proof(row.recheck_on + timedelta(days=1)) == "expired"


def test_a_row_is_replaced_and_the_rest_stays():
    row = find("twitter", "repost", "self_serve")
    assert row is not None
    other = LEDGER.saying(replace(row, mode="forbidden"))
    changed = {key for key, one in other.entries.items() if one != LEDGER.entries[key]}
    assert changed == {("twitter", "repost", "self_serve")}
    assert other.entries[("twitter", "repost", "self_serve")].call


def test_a_ledger_read_from_its_own_text_is_the_same_and_a_change_in_the_text_counts():
    assert parse(written()) == LEDGER
    sentence = "X lets an app delete a post of the account."
    changed = parse(written().replace(sentence, "X has changed its mind."))
    row = changed.find("twitter", "delete", "enterprise")
    assert row is not None
    assert row.sentence == "X has changed its mind."


_TINY = """
[x]
name = "X"
tiers = ["one"]
as_of = 2026-01-01
recheck_on = 2026-04-01
source = "a test"
[[x.rows]]
actions = ["like"]
mode = "{mode}"
tiers = ["{tier}"]
sentence = "Yes."
"""


def test_a_row_of_its_own_date_has_its_own_re_check_date():
    text = _TINY.format(mode="api", tier="one") + "as_of = 2026-02-01\n"
    row = parse(text).find("x", "like", "one")
    assert row is not None
    assert (row.recheck_on - row.as_of).days == 90


@pytest.mark.parametrize(
    "text",
    [
        _TINY.format(mode="maybe", tier="one"),
        _TINY.format(mode="api", tier="two"),
        _TINY.format(mode="api", tier="one")
        + '[[x.rows]]\nactions = ["like"]\nmode = "human"\nsentence = "No."\n',
    ],
)
def test_a_ledger_that_contradicts_itself_is_refused(text: str):
    with pytest.raises(ValueError, match="ledger"):
        parse(text)


@pytest.mark.parametrize("platform", CONNECTED)
@pytest.mark.parametrize("phase", ["phase_1", "phase_2", "phase_3"])
def test_whatever_the_api_may_do_has_a_limit_per_hour_and_day(platform: str, phase: str):
    kinds = {row.action_type for row in rows(platform) if row.mode == "api"}
    found = limits(platform, phase, 70, "green", 90, 1000)
    known = {(one.kind, one.window) for one in found}
    assert {(kind, window) for kind in kinds for window in ("hour", "day")} - known == set()
