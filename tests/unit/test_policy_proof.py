"""What expired proof, a full app and private visibility say to the traffic light."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from socialseed.connectors.twitter.manifest import PERFORM_SCOPES
from socialseed.policy.capabilities.ledger import LEDGER, find
from socialseed.policy.capabilities.types import Capability
from socialseed.policy.risk.assess import assess, requires_approval
from socialseed.policy.risk.types import Facts, Finding
from tests.unit.test_policy_risk import GOOD


def capability(kind: str, platform: str = "twitter", tier: str = "self_serve") -> Capability:
    found = find(platform, kind, tier)
    assert found is not None
    return found


POST = replace(
    GOOD,
    action_type="publish_text",
    capability=capability("publish_text"),
    target_handle=None,
    target_known=False,
    summoned=None,
)
FILM = replace(
    POST,
    platform="tiktok",
    action_type="publish_video",
    capability=capability("publish_video", "tiktok", "unaudited"),
    media_url="https://m.example/1.mp4",
    posters=0,
)


def finding(facts: Facts, code: str) -> Finding | None:
    return next((one for one in assess(facts).findings if one.code == code), None)


@pytest.mark.parametrize("mode", ["api", "human"])
def test_expired_proof_alone_is_yellow_and_says_until_when_it_held(mode: str):
    old = replace(POST, mode=mode, now=datetime(2027, 1, 31, 12, tzinfo=UTC), last_action_at=None)
    verdict = assess(old)
    assert (verdict.light, verdict.forbidden) == ("yellow", False)
    assert [one.code for one in verdict.findings] == ["proof_expired"]
    assert "2027-01-30" in verdict.findings[0].sentence
    assert verdict.to_green == ("check the platform's rules",)
    assert assess(replace(old, now=datetime(2027, 1, 30, 12, tzinfo=UTC))).light == "green"


@pytest.mark.parametrize("phase", ["phase_2", "phase_3"])
def test_what_is_amber_never_goes_out_by_itself(phase: str):
    old = replace(POST, now=datetime(2027, 1, 31, 12, tzinfo=UTC), last_action_at=None)
    assert requires_approval(phase, old.capability, assess(old), True, "green", earned=True)
    assert not requires_approval(phase, POST.capability, assess(POST), True, "green", earned=True)


@pytest.mark.parametrize(("posters", "forbidden"), [(0, False), (4, False), (5, True), (9, True)])
def test_a_sixth_account_of_an_unaudited_app_may_not_post(posters: int, forbidden: bool):
    verdict = assess(replace(FILM, posters=posters))
    assert verdict.forbidden is forbidden
    if forbidden:
        assert verdict.findings[0].sentence == (
            f"TikTok lets this app post for 5 accounts in 24 hours, and {posters} others have"
            " posted."
        )


def test_accounts_that_were_not_counted_are_not_none():
    verdict = assess(replace(FILM, posters=None))
    assert finding(replace(FILM, posters=None), "posters_unknown") is not None
    assert verdict.score > assess(FILM).score


def test_a_full_app_does_not_matter_by_hand_or_tomorrow_or_when_audited():
    full = replace(FILM, posters=5)
    audited = capability("publish_video", "tiktok", "audited")
    tomorrow = GOOD.now + timedelta(days=1)
    for fine in (
        replace(full, mode="human"),
        replace(full, capability=audited),
        replace(full, expected_at=tomorrow),
    ):
        assert finding(fine, "app_posters") is None
    soon = replace(full, expected_at=tomorrow - timedelta(seconds=1))
    assert finding(soon, "app_posters") is not None


def test_what_only_the_account_itself_will_see_is_said_and_weighs_nothing():
    private = finding(FILM, "private_only")
    assert private is not None
    assert (private.effect, assess(FILM).light) == ("info", "green")
    audited = replace(FILM, capability=capability("publish_video", "tiktok", "audited"))
    assert finding(audited, "private_only") is None


@pytest.mark.parametrize(("kind", "needed"), PERFORM_SCOPES.items())
def test_the_ledger_asks_for_the_scopes_that_the_connector_needs(
    kind: str, needed: tuple[str, ...]
):
    for tier in LEDGER.tiers("twitter"):
        entry = LEDGER.entry("twitter", kind, tier)
        assert entry is not None
        assert set(entry.scopes) == set(needed)
