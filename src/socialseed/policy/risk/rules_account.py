"""Rules about what may be done at all, and about the account that would do it."""

from datetime import timedelta

from socialseed.policy.capabilities.ledger import mode_for
from socialseed.policy.phases.programme import is_open, opens_on_day
from socialseed.policy.risk.types import Facts, Finding
from socialseed.policy.risk.weights import FULL, weight
from socialseed.policy.risk.words import for_how_long, platform_name

ERRORS_SOME, ERRORS_MANY = 3, 6
WARNINGS_MANY = 3
REJECTED_SOME, REJECTED_MOST = 0.4, 0.7
HEALTH_LOW, HEALTH_FAIR = 40, 60
PROOF_EXPIRED = "proof_expired"
POSTERS_WITHIN = timedelta(days=1)


def platform_open(facts: Facts) -> Finding | None:
    """The phase must have opened the platform."""
    if is_open(facts.platform, facts.phase):
        return None
    name = platform_name(facts)
    day = facts.opens_on_day or opens_on_day(facts.platform)
    sentence = f"{name} is not open in {facts.phase.replace('_', ' ')}."
    clears = f"after day {day - 1}"
    evidence = f"Today is day {facts.programme_day}."
    return Finding("platform_closed", "forbid", FULL, sentence, evidence, clears)


def capability_known(facts: Facts) -> Finding | None:
    """The ledger must say that the action exists; silence allows nothing."""
    name = platform_name(facts)
    if facts.capability is None:
        sentence = f"Nothing is known about whether {name} allows this, so it is not done."
        return Finding("capability_unknown", "forbid", FULL, sentence)
    if facts.capability.mode == "forbidden":
        row = facts.capability
        evidence = f"{row.source}, as of {row.as_of.isoformat()}"
        return Finding("capability_forbidden", "forbid", FULL, row.sentence, evidence)
    return None


def mode_matches(facts: Facts) -> Finding | None:
    """What a person must do by hand is not sent by the API."""
    row = facts.capability
    if row is None or facts.mode != "api":
        return None
    if mode_for(row, facts.summoned, facts.own_post) == "api":
        return None
    return Finding("by_hand_only", "forbid", FULL, row.sentence, row.source, "do it by hand")


def proof_fresh(facts: Facts) -> Finding | None:
    """A row of the ledger past its date allows nothing until somebody has looked again."""
    row = facts.capability
    if row is None or row.proof(facts.now.date()) == "fresh":
        return None
    name = platform_name(facts)
    sentence = f"What {name} allows here should have been checked again by {row.recheck_on}."
    evidence = f"{row.source}, as of {row.as_of.isoformat()}"
    points = weight(PROOF_EXPIRED)
    return Finding(PROOF_EXPIRED, "raise", points, sentence, evidence, "check the platform's rules")


def posters_left(facts: Facts) -> Finding | None:
    """Some tiers let only a few accounts of the whole app post in 24 hours."""
    row = facts.capability
    if row is None or row.accounts_a_day is None or facts.mode != "api":
        return None
    if facts.expected_at is not None and facts.expected_at >= facts.now + POSTERS_WITHIN:
        return None
    if facts.posters is None:
        sentence = "It was not counted how many accounts of the app posted in the last 24 hours."
        return Finding("posters_unknown", "raise", weight("posters_unknown"), sentence)
    if facts.posters < row.accounts_a_day:
        return None
    name = platform_name(facts)
    sentence = (
        f"{name} lets this app post for {row.accounts_a_day} accounts in 24 hours, and"
        f" {facts.posters} others have posted."
    )
    return Finding("app_posters", "forbid", FULL, sentence, row.source, "wait until tomorrow")


def seen_by_all(facts: Facts) -> Finding | None:
    """What only the account itself will see should not surprise its owner."""
    row = facts.capability
    if row is None or row.visibility == "public" or facts.mode != "api":
        return None
    sentence = "Only the account itself will see it: the app's tier publishes privately."
    return Finding("private_only", "info", 0, sentence, row.source)


def active(facts: Facts) -> Finding | None:
    """A paused account does nothing."""
    if facts.is_active:
        return None
    return Finding("paused", "raise", weight("paused"), "The account is paused.", None, "resume it")


def connected(facts: Facts) -> Finding | None:
    """The API needs a working connection; a person's own app does not."""
    if facts.mode != "api" or (facts.connected and not facts.needs_reconnect):
        return None
    sentence = (
        "The connection no longer works." if facts.connected else "The account is not connected."
    )
    clears = "reconnect it" if facts.connected else "connect it"
    return Finding("not_connected", "raise", weight("not_connected"), sentence, None, clears)


def scopes_granted(facts: Facts) -> Finding | None:
    """What the owner did not grant is not asked of the API; a person's own app needs no grant."""
    if facts.mode != "api" or not facts.missing_scopes:
        return None
    name, lacking = platform_name(facts), ", ".join(facts.missing_scopes)
    sentence = f"{name} did not grant {lacking}; reconnect the account and allow it."
    points = weight("scope_missing")
    return Finding("scope_missing", "raise", points, sentence, None, "reconnect it")


def frozen(facts: Facts) -> Finding | None:
    """After a warning nothing goes out before the freeze ends."""
    if facts.frozen_until is None or facts.frozen_until <= facts.now:
        return None
    wait = for_how_long(facts.frozen_until - facts.now)
    sentence = "The account rests after a warning or a row of errors."
    return Finding("frozen", "raise", weight("frozen"), sentence, None, f"wait {wait}")


def silent_failure(facts: Facts) -> Finding | None:
    """What a platform acknowledged but did not show makes the next yes worth little."""
    if not facts.silent:
        return None
    name = platform_name(facts)
    sentence = f"{name} lately did not show what it had acknowledged to this account."
    clears = "look at the account on the platform, then close the incident"
    points = weight("silent_failure")
    return Finding("silent_failure", "raise", points, sentence, None, clears)


def account_light(facts: Facts) -> Finding | None:
    """Yellow slows down; red sends everything to a person."""
    return _light(facts.account_light, "account", "The account")


def platform_light(facts: Facts) -> Finding | None:
    """The same for the platform."""
    return _light(facts.platform_light, "platform", platform_name(facts))


def _light(light: str, code: str, what: str) -> Finding | None:
    if light == "green":
        return None
    if light not in ("yellow", "red"):
        sentence = f"{what} has no light yet."
        return Finding(f"{code}_light_unknown", "raise", weight(f"{code}_light_unknown"), sentence)
    code = f"{code}_{light}"
    sentence = f"{what} is on {light}."
    return Finding(
        code,
        "raise",
        weight(code),
        sentence,
        None,
        f"wait until {what.lower() if what == 'The account' else what} is green",
    )


def health(facts: Facts) -> Finding | None:
    """A weak account is asked to do less; one that was never measured is not known to be well."""
    score = facts.health_score
    if score is None:
        sentence = "The account's health has not been measured yet."
        return Finding("health_unknown", "raise", weight("health_unknown"), sentence)
    if score >= HEALTH_FAIR:
        return None
    code = "health_low" if score < HEALTH_LOW else "health_fair"
    sentence = f"The account's health is {score} of 100."
    return Finding(
        code, "raise", weight(code), sentence, None, f"wait until health is {HEALTH_FAIR}"
    )


def errors(facts: Facts) -> Finding | None:
    """Errors in a row are a platform's way of saying slow down."""
    if facts.errors_last_24h < ERRORS_SOME:
        return None
    code = "errors_many" if facts.errors_last_24h >= ERRORS_MANY else "errors_some"
    sentence = f"{facts.errors_last_24h} steps of this account failed in the last 24 hours."
    return Finding(code, "raise", weight(code), sentence, None, "wait until tomorrow")


def warnings(facts: Facts) -> Finding | None:
    """A platform's warning counts for a week."""
    count = facts.warnings_last_7_days
    if count == 0:
        return None
    code = "warnings" if count >= WARNINGS_MANY else "warning"
    told = "once" if count == 1 else f"{count} times"
    sentence = f"{platform_name(facts)} warned this account {told} in the last 7 days."
    return Finding(code, "raise", weight(code), sentence, None, "wait 7 days without a warning")


def rejections(facts: Facts) -> Finding | None:
    """What you keep refusing should be proposed with more care."""
    share = facts.rejection_share
    if share is None or share < REJECTED_SOME:
        return None
    code = "rejections_most" if share >= REJECTED_MOST else "rejections_some"
    sentence = f"You refused {share:.0%} of this account's last proposals."
    return Finding(code, "raise", weight(code), sentence, None, "better targeting or texts")


def consent(facts: Facts) -> Finding | None:
    """Without consent to this kind of automation a person agrees to each step."""
    if facts.consent is True:
        return None
    sentence = "You have not consented to this kind of automation, so each step needs your yes."
    clears = "give consent in Settings"
    return Finding("consent_missing", "raise", weight("consent_missing"), sentence, None, clears)


RULES = (
    platform_open,
    capability_known,
    mode_matches,
    proof_fresh,
    posters_left,
    seen_by_all,
    active,
    connected,
    scopes_granted,
    frozen,
    silent_failure,
    account_light,
    platform_light,
    health,
    errors,
    warnings,
    rejections,
    consent,
)
