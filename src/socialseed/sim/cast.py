"""The demo's seven accounts, their rules, and how its scripted people behave. Data only."""

from collections.abc import Sequence
from dataclasses import dataclass

from socialseed.connectors.types import Platform
from socialseed.sim.desk import NewPerson
from socialseed.sim.scenario import Answers, Doer, Habits, Owner, Reviewer
from socialseed.targeting.schemas import RuleAction

PLANNED_A_DAY = (8, 12)
# People of each interest that the owner knows by name; where there is a search, it finds them.
HANDLES = {"tiktok": 240, "instagram": 120, "twitter": 0}


@dataclass(frozen=True, slots=True)
class Part:
    """One account of the demo: who it is, since how many days, and what it looks for."""

    person: NewPerson
    days: int  # length of its history
    established: bool
    tier: str
    interests: Sequence[str]
    action_types: Sequence[RuleAction]
    daily_budget: int
    helper: str  # the time zone of the person who looks after it

    @property
    def handles(self) -> int:
        """People of each interest that its owner knows by name."""
        return HANDLES[self.person.platform]

    @property
    def planned(self) -> tuple[int, int]:
        """New proposals each morning, from .. to."""
        return PLANNED_A_DAY


def _person(
    platform: Platform,
    handle: str,
    name: str,
    bio: str,
    interests: Sequence[str],
    zone: str,
    size: tuple[int, int, int],
) -> NewPerson:
    followers, following, posts = size
    return NewPerson(platform, handle, name, bio, interests, followers, following, posts, zone)


# Zones eight hours apart, so that at any hour somebody is awake and something can be sent.
CAST: Sequence[Part] = (
    Part(
        _person(
            "tiktok",
            "mara.bakes",
            "Mara Okafor",
            "Baking at home, one loaf a day. Coffee on the side.",
            ("baking", "coffee", "home cooking"),
            "Europe/Berlin",
            (312, 180, 41),
        ),
        days=18,
        established=False,
        tier="audited",
        interests=("baking", "coffee"),
        action_types=("follow", "like", "comment"),
        daily_budget=20,
        helper="Europe/Berlin",
    ),
    Part(
        _person(
            "tiktok",
            "studiokestrel",
            "Studio Kestrel",
            "Street art and skateboarding from a small studio.",
            ("street art", "skateboarding", "film"),
            "America/Los_Angeles",
            (1840, 420, 96),
        ),
        days=46,
        established=False,
        tier="audited",
        interests=("street art", "skateboarding"),
        action_types=("follow", "like", "comment"),
        daily_budget=20,
        helper="America/Chicago",
    ),
    Part(
        _person(
            "tiktok",
            "trailnotes",
            "Trail Notes",
            "Hiking and running, with notes for those who follow.",
            ("hiking", "running", "travel"),
            "Asia/Tokyo",
            (5210, 610, 212),
        ),
        days=70,
        established=False,
        tier="audited",
        interests=("hiking", "running"),
        action_types=("follow", "like", "comment"),
        daily_budget=20,
        helper="Asia/Tokyo",
    ),
    Part(
        _person(
            "instagram",
            "mara.bakes",
            "Mara Okafor",
            "Baking at home, one loaf a day.",
            ("baking", "home cooking", "photography"),
            "Europe/Berlin",
            (890, 340, 128),
        ),
        days=24,
        established=True,
        tier="facebook_login",
        interests=("baking", "home cooking"),
        action_types=("follow", "like", "comment"),
        daily_budget=20,
        helper="Europe/Berlin",
    ),
    Part(
        _person(
            "instagram",
            "lumen.ceramics",
            "Lumen Ceramics",
            "Ceramics and woodworking from a shared workshop.",
            ("ceramics", "woodworking", "photography"),
            "America/New_York",
            (3320, 510, 264),
        ),
        days=66,
        established=True,
        tier="facebook_login",
        interests=("ceramics", "woodworking"),
        action_types=("follow", "like", "comment"),
        daily_budget=20,
        helper="America/Chicago",
    ),
    Part(
        _person(
            "twitter",
            "northwind_labs",
            "Northwind Labs",
            "Typography, board games and the startups that make both.",
            ("typography", "board games", "startups"),
            "Europe/London",
            (1810, 640, 930),
        ),
        days=70,
        established=True,
        tier="self_serve",
        interests=("typography", "startups"),
        action_types=("follow", "like", "repost"),
        daily_budget=20,
        helper="Europe/Berlin",
    ),
    Part(
        _person(
            "twitter",
            "fieldnotes_hq",
            "Field Notes",
            "Books, gardening and sustainability. Notes from outside.",
            ("books", "gardening", "sustainability"),
            "Australia/Sydney",
            (8610, 720, 1410),
        ),
        days=70,
        established=True,
        tier="self_serve",
        interests=("books", "gardening"),
        action_types=("follow", "like", "repost"),
        daily_budget=20,
        helper="Asia/Tokyo",
    ),
)

EMAIL = "demo@socialseed.test"
OWNER = "Jo Rivera"
WORKSPACE = "Demo"
HABITS = Habits(
    reviewer=Reviewer(
        hours=(9.25, 15.5),
        minutes=600,
        late_minutes=0,
        skips=0.25,
        green=Answers(approve=0.985, edit=0.005, reject=0.005, seconds=4),
        yellow=Answers(approve=0.80, edit=0.08, reject=0.10, seconds=9),
        red=Answers(approve=0.25, edit=0.10, reject=0.60, seconds=15),
    ),
    doer=Doer(
        hours=(13.67, 20.5), tasks=40, late_minutes=0, skips=0, seconds=20, done=0.93, gone=0.02
    ),
    # Accounts that wait for their phase are measured less often at first.
    owner=Owner(
        post_every_days=2,
        listen_every_days=4,
        replies=4,
        trouble_hours=24,
        seldom_days=4,
        recent_days=35,
    ),
)
