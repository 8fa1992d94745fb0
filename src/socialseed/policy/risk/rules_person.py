"""Rules about the person at the other end: known, willing, and not pestered."""

from datetime import timedelta

from socialseed.policy.risk.types import Contact, Facts, Finding
from socialseed.policy.risk.weights import FULL, weight
from socialseed.policy.risk.words import ago, at_least

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
BREATH = timedelta(days=2)
CROWD_WITHIN = timedelta(days=7)
HUGE = 500_000


def do_not_contact(facts: Facts) -> Finding | None:
    """Whoever wants to be left alone is left alone, whatever else is true."""
    if not facts.do_not_contact or facts.action_type not in TOWARDS_PERSON:
        return None
    sentence = f"@{facts.target_handle} is on the do-not-contact list."
    return Finding("do_not_contact", "forbid", FULL, sentence)


def names_left_alone(facts: Facts) -> Finding | None:
    """Naming somebody turns to them as well."""
    if not facts.mentions_left_alone:
        return None
    names = ", ".join(f"@{name}" for name in facts.mentions_left_alone)
    sentence = f"The text names {names}, who must be left alone."
    return Finding("names_left_alone", "forbid", FULL, sentence, None, f"leave {names} out")


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
    return Finding(code, "raise", weight(code), sentence, None, "look at the profile")


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


def target_untold(facts: Facts) -> Finding | None:
    """Whether a stranger is a person cannot be told when the platform told no figures."""
    if not facts.target_known or facts.target_handle is None or facts.summoned is True:
        return None
    told = (facts.target_followers, facts.target_following, facts.target_posts)
    if facts.action_type not in TOWARDS_PERSON or any(one is not None for one in told):
        return None
    sentence = f"There is not enough data to tell whether @{facts.target_handle} is genuine."
    return Finding("target_untold", "raise", weight("target_untold"), sentence)


def same_again(facts: Facts) -> Finding | None:
    """What was done once to a person by this account is not done again for a long while."""
    if facts.action_type not in ONCE:
        return None
    within = timedelta(days=facts.contact_again_days)
    earlier = [
        c for c in recent(facts, within) if c.same_account and c.action_type == facts.action_type
    ]
    if not earlier:
        return None
    last = max(earlier, key=lambda one: one.at)
    sentence = (
        f"This account already did this for @{facts.target_handle} {ago(facts.now - last.at)}."
    )
    clears = f"wait {at_least(last.at + within - facts.now)}"
    return Finding("same_again", "raise", weight("same_again"), sentence, last.status, clears)


def too_much_attention(facts: Facts) -> Finding | None:
    """Several steps towards one person within days feel like pressure."""
    if facts.summoned is True:
        return None
    mine = [c for c in recent(facts, CROWD_WITHIN) if c.same_account]
    if len(mine) >= facts.contact_crowd:
        times = "once" if len(mine) == 1 else f"{len(mine)} times"
        sentence = f"This account turned to @{facts.target_handle} {times} in 7 days."
        return Finding("crowding", "raise", weight("crowding"), sentence, None, "wait 7 days")
    fresh = [c for c in mine if facts.now - c.at < BREATH and not takes_back(facts, c)]
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
    within = timedelta(days=facts.contact_others_days)
    others = [c for c in recent(facts, within) if not c.same_account]
    if not others or facts.summoned is True:
        return None
    last = max(others, key=lambda one: one.at)
    sentence = f"@{last.account} turned to @{facts.target_handle} {ago(facts.now - last.at)}."
    clears = f"wait {at_least(last.at + within - facts.now)}"
    points = weight("other_account")
    return Finding("other_account", "raise", points, sentence, last.action_type, clears)


def takes_back(facts: Facts, earlier: Contact) -> bool:
    """Whether this undoes that."""
    return TAKES_BACK.get(facts.action_type) == earlier.action_type


def recent(facts: Facts, within: timedelta) -> list[Contact]:
    """The steps towards this person that were taken, or are still to be taken, `within` a span."""
    if facts.target_handle is None or facts.action_type not in TOWARDS_PERSON:
        return []
    return [c for c in facts.contacts if c.status in LIVE and facts.now - c.at < within]


RULES = (
    do_not_contact,
    names_left_alone,
    target_named,
    target_known,
    target_sound,
    target_untold,
    same_again,
    too_much_attention,
    other_account,
)
