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
    "This made me stop {scrolling|for a minute|and look twice}.",
    "What a {lovely|fresh|thoughtful} take.",
    "I had not seen it {this way|like this|from that side} before.",
    "{Saved|Kept|Bookmarked} this one for later.",
    "{Really|Truly|Quietly} enjoyed {reading|seeing} this.",
    "That is {such a good|a really good|a very fair} point.",
    "You make this look {easy|effortless|like fun}.",
    "So much {care|patience|thought} in this.",
    "{Exactly|Just} what I needed {today|this week|right now}.",
    "This {brightened|made} my {morning|day|evening}.",
    "Thank you for {sharing|showing|posting} this.",
    "Now I {want|would love} to try it {too|myself}.",
)
_ABOUT = (
    "How did you {first get into|start with|find your way to} {topic}?",
    "What would you {tell|say to} somebody who is new to {topic}?",
    "Which part of {topic} took you {longest|most patience} to learn?",
    "Do you have a favourite {corner|part|side} of {topic}?",
    "{Topic} {deserves|needs|could use} more voices like yours.",
    "We {think|talk} about {topic} a lot, and this is a {fresh|new|different} angle.",
    "More {topic} like this, {please|any time}!",
    "Is there anything about {topic} you would do differently {today|now|next time}?",
    "It is rare to see {topic} {shown|told|done} this honestly.",
    "The {details|small things} are what make {topic} special, and you {caught|kept|found} them.",
)
_PLAIN = (
    "How long have you been {working on this|at this|doing this}?",
    "What is next for you?",
    "Where did the {idea|thought} come from?",
    "Looking forward to the {next one|rest|sequel}.",
    "What did you learn while {making|doing} it?",
    "The {details|small things} are what make it.",
)
_THANKS = (
    "Thank you, that means {a lot|so much|a great deal}!",
    "So {kind|good|nice} of you to say.",
    "{Glad|Happy} this {reached|found} you.",
    "{Happy|Glad|Good that} you stopped by.",
    "Thanks for {taking the time to write|writing|the kind words}.",
    "You just made our {day|morning|week}.",
    "Love {hearing|reading} this.",
    "That is good to {know|hear}, thank you.",
    "We were hoping {somebody|someone} would say that.",
    "Oh, {nice|lovely} to read!",
    "{Much|Very much} appreciated.",
    "What a {friendly|warm|lovely} note.",
)
_ONWARD = (
    "What are you {working on|making|up to} at the moment?",
    "It took us a few {tries|rounds|attempts}, and some patience.",
    "More of it is {on the way|coming} next week.",
    "Did you try {something|anything} like it yourself?",
    "If you have a {tip|hint|trick} for us, we would love to hear it.",
    "The next one will go a little {further|deeper} into the details.",
    "We learnt it the {slow|long|hard} way, and it was worth it.",
    "{Tell us|Let us know} how yours turns out!",
    "Which part would you like to see more of?",
    "We will {pass it on|tell it} to the rest of the team.",
    "There is a longer {version|one} coming soon.",
    "Hope it helps with whatever {comes next|is next} for you.",
    "{Feel free to ask|Just ask} if anything is unclear.",
    "It is the small {things|steps|details} that make it fun.",
)
_ASKED = (
    "{Good|Fair|Great} question.",
    "We get asked this {a lot|often}, and the honest answer is: it depends.",
    "Short answer: yes, with {a bit of|a little} care.",
    "We would start {small|slowly} and see.",
    "Let us {look into it|check} and come back to you.",
    "That took us a while to {find|work} out, too.",
)
_CLOSINGS = (
    "",
    "",
    "Have a good {day|week|one}!",
    "See you {around|soon}.",
    "{Cheers|Warmly}, the team.",
    "{Greetings|All the best} from our workshop.",
    "Until next time.",
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
    parts = (openings, _ONWARD, _CLOSINGS)
    drafts = [_put_together(parts, rng) for _ in range(TRIES)]
    return min(drafts, key=lambda words: nearest(words, said)[0] or 0.0)


def draft(candidate: Waiting, template: str | None, rng: Rng) -> str:
    """A text to `candidate` about their post.

    `template` may use {name}, {handle} and {topic}, and {one|another} for a choice.
    """
    topic = topic_of(candidate)
    if template:
        name = (candidate.display_name or candidate.handle).split()[0]
        words = {"name": name, "handle": f"@{candidate.handle}", "topic": topic or "this"}
        return _SLOTS.sub(lambda slot: words[slot[1]], _chosen(template, rng))
    if topic is None:
        return _put_together((_OPENINGS, _PLAIN), rng)
    about = _put_together((_OPENINGS, _ABOUT), rng)
    return about.format(topic=topic, Topic=topic[:1].upper() + topic[1:])


def _put_together(parts: Sequence[Sequence[str]], rng: Rng) -> str:
    """One sentence of each part, with one word of each choice in it: thousands of texts, so that
    workspaces that know nothing of each other seldom say the same.
    """
    return " ".join(_chosen(rng.choice(part), rng) for part in parts).strip()


def _chosen(text: str, rng: Rng) -> str:
    return _CHOICE.sub(lambda slot: rng.choice(slot[1].split("|")), text)


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
