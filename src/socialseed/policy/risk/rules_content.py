"""Rules about what would be said or shown."""

import re
from collections.abc import Collection

from socialseed.policy.risk.types import Facts, Finding
from socialseed.policy.risk.weights import FULL, weight

NEEDS_TEXT = frozenset({"comment", "reply", "quote", "publish_text"})
NEEDS_MEDIA = frozenset({"publish_image", "publish_video", "publish_carousel"})
TO_OTHERS = frozenset({"comment", "reply", "quote"})
COPIED, SIMILAR = 0.9, 0.75
HASHTAGS = {"twitter": 3, "instagram": 12, "tiktok": 6}
HASHTAGS_ELSEWHERE = 3
HASHTAGS_MOST = {"instagram": 30}  # Instagram content publishing guide (2026)
MENTIONS_MOST = {"instagram": 20}  # the same
MENTIONS = 2
LINK = re.compile(
    r"(?i)\bhttps?://|\bwww\.|\b[a-z0-9-]{2,}\.(?:com|net|org|io|me|co|link|shop|xyz|app)\b"
)
PROMISE = re.compile(
    r"(?i)\bguarantee[ds]?\b|\brisk[- ]free\b|\b100\s?% (?:free|safe|real)\b|\bget rich\b"
    r"|\bdouble your\b|\bfree money\b|\beasy money\b|\bpassive income\b|\bact now\b"
    r"|\blimited offer\b"
)
BAIT = re.compile(
    r"(?i)\bfollow (?:me )?(?:back|for follow)\b|\bfollow4follow\b|\bf4f\b|\bl4l\b|\blike4like\b"
    r"|\bsub4sub\b|\bfollow train\b|\bbuy (?:followers|likes)\b"
    r"|\bcheck (?:out )?my (?:page|profile)\b"
)
HASHTAG = re.compile(r"(?<!\w)#\w+")
MENTION = re.compile(r"(?<!\w)@\w+")
HANDLES = re.compile(r"(?<!\w)@(\w+(?:\.\w+)*)")


def text_present(facts: Facts) -> Finding | None:
    """A text that is needed must be there."""
    if facts.action_type not in NEEDS_TEXT or (facts.text or "").strip():
        return None
    return Finding("text_missing", "forbid", FULL, "There is no text.", None, "write a text")


def media_present(facts: Facts) -> Finding | None:
    """A post with media needs media."""
    if facts.action_type not in NEEDS_MEDIA or facts.media_url:
        return None
    return Finding(
        "media_missing", "forbid", FULL, "There is no picture or video.", None, "add media"
    )


def text_fits(facts: Facts) -> Finding | None:
    """What the platform would cut off or refuse is not sent."""
    if not facts.text:
        return None
    if facts.text_limit is None:
        sentence = "It is not known how long a text the platform takes."
        return Finding("text_limit_unknown", "raise", weight("text_limit_unknown"), sentence)
    length = len(facts.text) if facts.text_length is None else facts.text_length
    over = length - facts.text_limit
    if over <= 0:
        return None
    sentence = f"The text is {over} characters longer than the platform takes."
    evidence = f"{length} of {facts.text_limit}"
    return Finding("text_too_long", "forbid", FULL, sentence, evidence, f"shorten it by {over}")


def text_fresh(facts: Facts) -> Finding | None:
    """The same words again, most of all from another account, are what spam filters look for."""
    if not (facts.text or "").strip():
        return None
    share = facts.text_similarity
    if share is None:
        sentence = "The text was not compared with earlier ones."
        return Finding("similarity_unknown", "raise", weight("similarity_unknown"), sentence)
    if share < SIMILAR:
        return None
    code = "text_similar"
    if share >= COPIED:
        code = "text_copied_elsewhere" if facts.similar_account else "text_copied"
    whose = f"a text of @{facts.similar_account}" if facts.similar_account else "an earlier text"
    sentence = f"The text is nearly the same as {whose} of the last 30 days."
    return Finding(code, "raise", weight(code), sentence, f"{share:.0%} alike", "write it anew")


def links(facts: Facts) -> Finding | None:
    """A link in an answer to somebody is advertising to them."""
    found = LINK.search(facts.text or "")
    if found is None or facts.action_type not in TO_OTHERS:
        return None
    sentence = "It puts a link in front of somebody who did not ask."
    return Finding(
        "link_to_stranger",
        "raise",
        weight("link_to_stranger"),
        sentence,
        found.group(),
        "leave the link out",
    )


def promises(facts: Facts) -> Finding | None:
    """Promises that nobody can keep."""
    found = PROMISE.search(facts.text or "")
    if found is None:
        return None
    sentence = "The text promises what nobody can promise."
    return Finding(
        "promise", "raise", weight("promise"), sentence, found.group(), "leave the promise out"
    )


def engagement_bait(facts: Facts) -> Finding | None:
    """Asking for follows in exchange."""
    found = BAIT.search(facts.text or "")
    if found is None:
        return None
    sentence = "The text asks for follows or likes in exchange."
    points = weight("engagement_bait")
    return Finding("engagement_bait", "raise", points, sentence, found.group(), "leave that out")


def shouting(facts: Facts) -> Finding | None:
    """All capitals read as shouting."""
    letters = [c for c in facts.text or "" if c.isalpha() and c.upper() != c.lower()]
    if len(letters) < 12 or sum(c.isupper() for c in letters) / len(letters) < 0.6:
        return None
    sentence = "Most of the text is in capitals."
    return Finding("shouting", "raise", weight("shouting"), sentence, None, "use small letters")


def hashtags(facts: Facts) -> Finding | None:
    """A row of hashtags looks like spam; too many are refused."""
    count = len(HASHTAG.findall(facts.text or ""))
    most = HASHTAGS_MOST.get(facts.platform)
    if most is not None and count > most:
        sentence = f"The platform takes at most {most} hashtags; there are {count}."
        return Finding("too_many_hashtags", "forbid", FULL, sentence, None, f"drop {count - most}")
    usual = HASHTAGS.get(facts.platform, HASHTAGS_ELSEWHERE)
    if count <= usual:
        return None
    sentence = f"{count} hashtags are more than the {usual} that read well here."
    points = weight("many_hashtags")
    return Finding("many_hashtags", "raise", points, sentence, None, f"drop {count - usual}")


def mentions(facts: Facts) -> Finding | None:
    """Naming people who did not ask for it."""
    names = {name.lower() for name in MENTION.findall(facts.text or "")}
    names.discard(f"@{(facts.target_handle or '').lower()}")
    most = MENTIONS_MOST.get(facts.platform)
    if most is not None and len(names) > most:
        sentence = f"The platform takes at most {most} mentions; there are {len(names)}."
        return Finding(
            "too_many_mentions", "forbid", FULL, sentence, None, f"drop {len(names) - most}"
        )
    if len(names) <= MENTIONS:
        return None
    sentence = f"The text calls {len(names)} people who did not ask for it."
    points = weight("many_mentions")
    return Finding("many_mentions", "raise", points, sentence, None, f"name at most {MENTIONS}")


def without_links(facts: Facts) -> str:
    """The text without the words that are links."""
    return " ".join(word for word in (facts.text or "").split() if not LINK.search(word))


def without_promises(facts: Facts) -> str:
    """The text without its promises."""
    return _without(PROMISE, facts)


def without_bait(facts: Facts) -> str:
    """The text without asking for anything in exchange."""
    return _without(BAIT, facts)


def in_small_letters(facts: Facts) -> str:
    """The text in small letters."""
    return (facts.text or "").lower()


def fewer_hashtags(facts: Facts) -> str:
    """The text with the hashtags that read well on the platform, the first ones."""
    text, usual = facts.text or "", HASHTAGS.get(facts.platform, HASHTAGS_ELSEWHERE)
    while len(found := list(HASHTAG.finditer(text))) > usual:
        text = text[: found[-1].start()] + text[found[-1].end() :]
    return text


def fewer_mentions(facts: Facts) -> str:
    """The text with the first two people whom it names, and the one whom it is for."""
    text, target = facts.text or "", f"@{(facts.target_handle or '').lower()}"
    names = dict.fromkeys(name.lower() for name in MENTION.findall(text))
    names.pop(target, None)
    return without_mentions(text, [name[1:] for name in list(names)[MENTIONS:]])


def without_mentions(text: str, names: Collection[str]) -> str:
    """The text without these people, capitals or not."""
    one_of = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pattern = re.compile(rf"(?i)(?<!\w)@(?:{one_of})(?!\w)")
    while names and pattern.search(text):
        text = pattern.sub("", text)
    return text


def named(text: str | None) -> list[str]:
    """Every handle that the text may name, in small letters. A dot may be part of a handle or end
    the sentence, so both are in it.
    """
    found: dict[str, None] = {}
    for handle in HANDLES.findall((text or "").lower()):
        parts = handle.split(".")
        found.update(dict.fromkeys(".".join(parts[:n]) for n in range(1, len(parts) + 1)))
    return list(found)


def _without(pattern: re.Pattern[str], facts: Facts) -> str:
    text = facts.text or ""
    while pattern.search(text):
        text = pattern.sub(" ", text)
    return text


RULES = (
    text_present,
    media_present,
    text_fits,
    text_fresh,
    links,
    promises,
    engagement_bait,
    shouting,
    hashtags,
    mentions,
)
