"""Who does something: a person, a person's machine, or the product itself."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """`kind`: user, api_key, planner, system. Only a user has a role that may decide."""

    kind: str
    id: UUID | None
    name: str
    role: str | None = None
    session_id: UUID | None = None

    @property
    def is_person(self) -> bool:
        """True for a signed-in person, who alone may approve."""
        return self.kind == "user"


SYSTEM = Actor("system", None, "SocialSeed")
PLANNER = Actor("planner", None, "Planner")
