"""Rules about the person at the other end: known, willing, and not pestered."""

from datetime import timedelta

from socialseed.policy.risk.types import Contact, Facts, Finding
from socialseed.policy.risk.weights import FULL, weight
from socialseed.policy.risk.words import ago

NEEDS_PERSON = frozenset({"follow", "unfollow"})
TOWARDS_PERSON = frozenset({"follow", "unfollow", "like", "comment", "reply", "repost", "quote"})
TAKES_BACK = {"unfollow": "follow", "unlike": "like"}
LIVE = frozenset(
    {
        "awaiting_approval",
        "approved",
        "scheduled",
        "executing",
        "succeeded",
        "awaiting_human",
        "outcome_unknown",
    }
)
ONCE = frozenset({"follow", "unfollow", "repost", "quote"})
AGAIN_AFTER = timedelta(days=30)
BREATH = timedelta(days=2)
CROWD, CROWD_WITHIN = 4, timedelta(days=7)
OTHERS_WITHIN = timedelta(days=7)
HUGE = 500_000


def do_not_contact(facts: Facts) -> Finding | None:
    """Whoever wants to be left alone is left alone, whatever else is true."""
    if not facts.do_not_contact or facts.action_type not in TOWARDS_PERSON:
        return None
    sentence = f"@{facts.target_handle} is on the do-not-contact list."
    return Finding("do_not_contact", "forbid", FULL, sentence)


def target_named(facts: Facts) -> Finding | None:
    """Following needs somebody to follow."""
    if facts.target_handle or facts.action_type not in NEEDS_PERSON:
        return None
    return Finding(
        "target_missing",
        "forbid",
        FULL,
        "It is not said whom this is for.",
        None,
        "name the person",
    )


def target_known(facts: Facts) -> Finding | None:
    """A profile that nobody has looked at may be anybody."""
    if facts.target_known or facts.target_handle is None or facts.summoned is True:
        return None
    if facts.action_type not in TOWARDS_PERSON:
        return None
    code = "target_unknown_seen" if facts.mode == "human" else "target_unknown"
    sentence = f"@{facts.target_handle}'s profile has not been observed in the last 30 days."
    return Finding("target_unknown", "raise", weight(code), sentence, None, "look at the profile")


def target_sound(facts: Facts) -> Finding | None:
    """Profiles without posts, or that follow everybody, are often not people."""
    if facts.target_handle is None or facts.action_type not in TOWARDS_PERSON:
        return None
    followers, following, posts = (
        facts.target_followers,
        facts.target_following,
        facts.target_posts,
    )
    if posts == 0 and followers is not None and followers < 10:
        sentence = f"@{facts.target_handle} has no posts and hardly any followers."
        return Finding("target_empty", "raise", weight("target_empty"), sentence)
    if followers is not None and following is not None and following > 2000 + 10 * followers:
        sentence = f"@{facts.target_handle} follows far more people than follow back."
        evidence = f"{following} followed, {followers} followers"
        return Finding(
            "target_mass_follower", "raise", weight("target_mass_follower"), sentence, evidence
        )
    if followers is not None and followers > HUGE and facts.action_type != "follow":
        sentence = f"@{facts.target_handle} has so many followers that this will hardly be seen."
        return Finding("target_huge", "raise", weight("target_huge"), sentence)
    return None


def same_again(facts: Facts) -> Finding | None:
    """What was done once to a person by this account is not done again for a month."""
    if facts.action_type not in ONCE:
        return None
    earlier = [
        c
        for c in _recent(facts, AGAIN_AFTER)
        if c.same_account and c.action_type == facts.action_type
    ]
    if not earlier:
        return None
    last = max(earlier, key=lambda one: one.at)
    sentence = (
        f"This account already did this for @{facts.target_handle} {ago(facts.now - last.at)}."
    )
    left = AGAIN_AFTER - (facts.now - last.at)
    clears = f"wait {max(1, left.days)} days"
    return Finding("same_again", "raise", weight("same_again"), sentence, last.status, clears)


def too_much_attention(facts: Facts) -> Finding | None:
    """Several steps towards one person within days feel like pressure."""
    if facts.summoned is True:
        return None
    mine = [c for c in _recent(facts, CROWD_WITHIN) if c.same_account]
    if len(mine) >= CROWD:
        sentence = f"This account turned to @{facts.target_handle} {len(mine)} times in 7 days."
        return Finding("crowding", "raise", weight("crowding"), sentence, None, "wait 7 days")
    undone = TAKES_BACK.get(facts.action_type)
    fresh = [c for c in mine if facts.now - c.at < BREATH and c.action_type != undone]
    if not fresh:
        return None
    last = max(fresh, key=lambda one: one.at)
    sentence = f"This account turned to @{facts.target_handle} {ago(facts.now - last.at)}."
    points = weight("same_person_recently")
    return Finding(
        "same_person_recently", "raise", points, sentence, last.action_type, "wait 2 days"
    )


def other_account(facts: Facts) -> Finding | None:
    """Two of your accounts courting one person look coordinated."""
    others = [c for c in _recent(facts, OTHERS_WITHIN) if not c.same_account]
    if not others or facts.summoned is True:
        return None
    last = max(others, key=lambda one: one.at)
    sentence = f"@{last.account} turned to @{facts.target_handle} {ago(facts.now - last.at)}."
    return Finding(
        "other_account", "raise", weight("other_account"), sentence, last.action_type, "wait 7 days"
    )


def _recent(facts: Facts, within: timedelta) -> list[Contact]:
    if facts.target_handle is None or facts.action_type not in TOWARDS_PERSON:
        return []
    return [c for c in facts.contacts if c.status in LIVE and facts.now - c.at < within]


RULES = (
    do_not_contact,
    target_named,
    target_known,
    target_sound,
    same_again,
    too_much_attention,
    other_account,
)
