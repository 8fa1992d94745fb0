"""What the connector remembers between calls: nothing that anybody could see.

A container lives a day and a long video needs minutes to be ready, longer than one call may last.
Its id is kept so that the next attempt goes on with it; it travels with the order too, for another
worker may have the next attempt. Forgetting it costs one more container.
"""

from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

CONTAINER_LIFE: Final = timedelta(hours=23)  # Instagram keeps one for 24 hours
MOST_CONTAINERS: Final = 20_000
BURST_SPAN: Final = timedelta(seconds=5)
BURST_MOST: Final = 40  # more than 50 in 5 s lock the Instagram user out for an hour
MOST_USERS: Final = 20_000


@dataclass(slots=True)
class Containers:
    """Prepared, unpublished containers by what they were made for."""

    _kept: OrderedDict[str, tuple[str, datetime]] = field(default_factory=OrderedDict)

    def find(self, mark: str, now: datetime) -> str | None:
        """The container that was made for `mark`, while Instagram still has it."""
        found = self._kept.get(mark)
        if found is None or now - found[1] > CONTAINER_LIFE:
            return None
        return found[0]

    def keep(self, mark: str, container: str, now: datetime) -> None:
        """`find` gives it from now on."""
        self._kept[mark] = (container, now)
        self._kept.move_to_end(mark)
        while len(self._kept) > MOST_CONTAINERS:
            self._kept.popitem(last=False)

    def of(self, mark: str) -> dict[str, str]:
        """What is known for `mark` and for the parts that begin with it."""
        return {one: told[0] for one, told in self._kept.items() if _within(one, mark)}

    def learn(self, mark: str, kept: Mapping[str, str], now: datetime) -> None:
        """What another worker kept for `mark` is known here too, unless something newer is."""
        for one, container in kept.items():
            if _within(one, mark) and self.find(one, now) is None:
                self.keep(one, container, now)

    def forget(self, mark: str) -> None:
        """`find` gives nothing for `mark`, nor for the parts that begin with it."""
        for known in self.of(mark):
            del self._kept[known]


def _within(one: str, mark: str) -> bool:
    return one == mark or one.startswith(f"{mark}/")


@dataclass(slots=True)
class Bursts:
    """When each Instagram user's like endpoint was called in the last five seconds."""

    _seen: OrderedDict[str, deque[datetime]] = field(default_factory=OrderedDict)

    def take(self, user: str, now: datetime) -> datetime | None:
        """None: one more call is counted and may be made. Else the instant from which it may."""
        seen = self._seen.setdefault(user, deque())
        self._seen.move_to_end(user)
        while len(self._seen) > MOST_USERS:
            self._seen.popitem(last=False)
        while seen and now - seen[0] >= BURST_SPAN:
            seen.popleft()
        if len(seen) >= BURST_MOST:
            return seen[0] + BURST_SPAN
        seen.append(now)
        return None


@dataclass(slots=True)
class Blocks:
    """Until when a budget of calls is used up: a call made meanwhile would extend the block."""

    _until: OrderedDict[str, datetime] = field(default_factory=OrderedDict)

    def until(self, budget: str, now: datetime) -> datetime | None:
        """The instant from which calls are taken again; None when they are taken now."""
        found = self._until.get(budget)
        return found if found is not None and found > now else None

    def block(self, budget: str, until: datetime) -> None:
        """`until` is told from now on."""
        self._until[budget] = until
        self._until.move_to_end(budget)
        while len(self._until) > MOST_USERS:
            self._until.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Memory:
    """One connector's memory. Lost with the process, and nothing is wrong then."""

    containers: Containers = field(default_factory=Containers)
    bursts: Bursts = field(default_factory=Bursts)
    blocks: Blocks = field(default_factory=Blocks)
