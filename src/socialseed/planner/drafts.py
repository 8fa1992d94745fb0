"""Texts drafted by rules: an owner's template, or sentences put together from many parts.

No AI is needed; each draft is meant to be read, and edited, by a person.
"""

import re
from collections.abc import Mapping, Sequence

from socialseed.actions.similarity import nearest
from socialseed.core.events import Plain
from socialseed.core.rng import Rng
from socialseed.targeting.candidates import Waiting

_OPENINGS = (
    "This made me stop scrolling.",
    "What a lovely take.",
    "I had not seen it this way before.",
    "Saved this one for later.",
    "Really enjoyed reading this.",
    "That is such a good point.",
    "You make this look easy.",
    "So much care in this.",
    "Exactly what I needed today.",
    "This brightened my morning.",
    "Thank you for sharing this.",
    "Now I want to try it too.",
)
_ABOUT = (
    "How did you first get into {topic}?",
    "What would you tell somebody who is new to {topic}?",
    "Which part of {topic} took you longest to learn?",
    "Do you have a favourite corner of {topic}?",
    "{Topic} deserves more voices like yours.",
    "We think about {topic} a lot, and this is a fresh angle.",
    "More {topic} like this, please!",
    "Is there anything about {topic} you would do differently today?",
    "It is rare to see {topic} shown this honestly.",
    "The details are what make {topic} special, and you caught them.",
)
_PLAIN = (
    "How long have you been working on this?",
    "What is next for you?",
    "Where did the idea come from?",
    "Looking forward to the next one.",
    "What did you learn while making it?",
    "The details are what make it.",
)
_THANKS = (
    "Thank you, that means a lot!",
    "So kind of you to say.",
    "Glad this reached you.",
    "Happy you stopped by.",
    "Thanks for taking the time to write.",
    "You just made our day.",
    "Love hearing this.",
    "That is good to know, thank you.",
    "We were hoping somebody would say that.",
    "Oh, nice to read!",
    "Much appreciated.",
    "What a friendly note.",
)
_ONWARD = (
    "What are you working on at the moment?",
    "It took us a few tries, and some patience.",
    "More of it is on the way next week.",
    "Did you try something like it yourself?",
    "If you have a tip for us, we would love to hear it.",
    "The next one will go a little further into the details.",
    "We learnt it the slow way, and it was worth it.",
    "Tell us how yours turns out!",
    "Which part would you like to see more of?",
    "We will pass it on to the rest of the team.",
    "There is a longer version coming soon.",
    "Hope it helps with whatever comes next for you.",
    "Feel free to ask if anything is unclear.",
    "It is the small things that make it fun.",
)
_ASKED = (
    "Good question.",
    "We get asked this a lot, and the honest answer is: it depends.",
    "Short answer: yes, with a bit of care.",
    "We would start small and see.",
    "Let us look into it and come back to you.",
    "That took us a while to find out, too.",
)
_SLOTS = re.compile(r"\{(name|handle|topic)\}")
_CHOICE = re.compile(r"\{([^{}|]*(?:\|[^{}|]*)+)\}")
TRIES = 10


def fresh_draft(
    candidate: Waiting, template: str | None, rng: Rng, said: Sequence[tuple[str, str]]
) -> str:
    """Of some drafts the one least like what was `said` (text, account) before."""
    drafts = [draft(candidate, template, rng) for _ in range(TRIES)]
    return min(drafts, key=lambda words: nearest(words, said)[0] or 0.0)


def fresh_reply(heard: str, rng: Rng, said: Sequence[tuple[str, str]]) -> str:
    """An answer to somebody who spoke first; of some drafts the one least like what was `said`."""
    openings = _ASKED if "?" in heard else _THANKS
    drafts = [f"{rng.choice(openings)} {rng.choice(_ONWARD)}" for _ in range(TRIES)]
    return min(drafts, key=lambda words: nearest(words, said)[0] or 0.0)


def draft(candidate: Waiting, template: str | None, rng: Rng) -> str:
    """A text to `candidate` about their post.

    `template` may use {name}, {handle} and {topic}, and {one|another} for a choice.
    """
    topic = topic_of(candidate)
    if template:
        name = (candidate.display_name or candidate.handle).split()[0]
        words = {"name": name, "handle": f"@{candidate.handle}", "topic": topic or "this"}
        chosen = _CHOICE.sub(lambda slot: rng.choice(slot[1].split("|")), template)
        return _SLOTS.sub(lambda slot: words[slot[1]], chosen)
    if topic is None:
        return f"{rng.choice(_OPENINGS)} {rng.choice(_PLAIN)}"
    about = rng.choice(_ABOUT).format(topic=topic, Topic=topic[:1].upper() + topic[1:])
    return f"{rng.choice(_OPENINGS)} {about}"


def topic_of(candidate: Waiting) -> str | None:
    """What the post is about: the keyword that found it, else an interest of its author."""
    keyword = (candidate.post or {}).get("keyword")
    if isinstance(keyword, str) and keyword:
        return keyword.lstrip("#")
    return str(candidate.interests[0]) if candidate.interests else None


def target_data(candidate: Waiting, text: str | None) -> dict[str, object]:
    """What an action towards this candidate carries."""
    person = {
        "id": candidate.remote_id,
        "handle": candidate.handle,
        "display_name": candidate.display_name,
        "bio": candidate.bio,
        "followers": candidate.followers,
        "following": candidate.following,
        "posts": candidate.posts,
        "url": candidate.url,
        "interests": list(candidate.interests),
    }
    data: dict[str, object] = {
        "person": {name: value for name, value in person.items() if value is not None},
        "rule_id": str(candidate.rule_id),
    }
    if candidate.post is not None:
        data["post"] = _post(candidate.post)
    if text is not None:
        data["text"] = text
    return data


def _post(post: Mapping[str, Plain]) -> dict[str, object]:
    known = ("id", "url", "text", "author", "created_at")
    return {name: post[name] for name in known if post.get(name) is not None}
