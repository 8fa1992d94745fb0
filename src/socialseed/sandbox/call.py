"""One API call on its way through the sandbox: its arguments, its actor and what it did."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from socialseed.sandbox.http import Answer, Request, json_answer
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.world import World

Json = dict[str, object]


class ApiError(Exception):
    """A refusal in the platform's own words; nothing was changed."""

    def __init__(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.answer = json_answer(body, status, headers)


@dataclass(frozen=True, slots=True)
class Token:
    """A grant as stored."""

    access: str
    platform: str
    person: int
    client_id: str
    scopes: frozenset[str]
    created: int
    expires: int


@dataclass(slots=True)
class Call:
    """A call and the notes the journal takes of it. Handlers set `outcome` and `target`.

    `unproved` says why a webhook's address failed the challenge that ran before the call.
    """

    world: World
    request: Request
    platform: str
    host: str
    path: str
    params: dict[str, str]
    tier: str
    request_id: str = ""
    verb: str = "other"
    actor: Person | None = None
    token: Token | None = None
    target: str | None = None
    text: str | None = None
    outcome: str = "read"
    via: str | None = None
    unproved: str | None = None
    _body: Json | None = field(default=None)
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def now(self) -> int:
        """The sandbox's present in milliseconds."""
        return self.world.now()

    @property
    def me(self) -> Person:
        """The acting account; only for routes that authenticate."""
        assert self.actor is not None
        return self.actor

    @property
    def body(self) -> Json:
        """The body's fields, from JSON, a form or multipart. Unreadable bodies are empty."""
        if self._body is None:
            self._body = self._read_body()
        return self._body

    def _read_body(self) -> Json:
        kind = self.request.headers.get("content-type", "")
        raw = self.request.body
        if kind.startswith("multipart/form-data"):
            return self._read_parts(kind, raw)
        if kind.startswith("application/x-www-form-urlencoded"):
            return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
        try:
            found = json.loads(raw or b"{}")
            if b"\\ud" in raw.lower():
                json.dumps(found, ensure_ascii=False).encode()  # half a surrogate pair is no text
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def _read_parts(self, kind: str, raw: bytes) -> Json:
        head = f"Content-Type: {kind}\r\nMIME-Version: 1.0\r\n\r\n".encode("latin-1")
        fields: Json = {}
        for part in BytesParser(policy=HTTP).parsebytes(head + raw).iter_parts():
            name = str(part.get_param("name", "", header="content-disposition"))
            payload = part.get_payload(decode=True)
            content = payload if isinstance(payload, bytes) else b""
            if part.get_filename() is not None:
                self.files[name] = content
            else:
                fields[name] = content.decode("utf-8", "replace")
        return fields

    def arg(self, name: str, default: str = "") -> str:
        """An argument from the query or the body, as text."""
        if name in self.request.query:
            return self.request.query[name]
        value = self.body.get(name, default)
        if isinstance(value, bool):
            return "true" if value else "false"
        return str(value) if value is not None else default

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number kept between `low` and `high`; `default` if absent or unreadable."""
        text = self.arg(name)
        try:
            return min(max(int(text), low), high)
        except ValueError:
            return default

    def acted(self, changed: bool) -> None:
        """Notes whether the world changed; the journal says performed only if it did."""
        self.outcome = "performed" if changed else "read"

    def bearer(self) -> str:
        """The token of the Authorization header, or ''."""
        header = self.request.headers.get("authorization", "")
        return header[7:].strip() if header.lower().startswith("bearer ") else ""


Handler = Callable[[Call], Answer]


@dataclass(frozen=True, slots=True)
class Route:
    """One documented endpoint. `auth` sets the actor or raises.

    `limit` is calls per `window` seconds of one account, `app_limit` those of an app by itself.
    """

    method: str
    pattern: re.Pattern[str]
    handler: Handler
    verb: str | Callable[[Call], str]
    auth: Callable[[Call, "Route"], None] | None = None
    scopes: tuple[str, ...] = ()
    limit: int = 0
    window: int = 900
    name: str = ""
    app_limit: int = 0


def path_pattern(path: str) -> re.Pattern[str]:
    """`/2/users/{id}` as a pattern; a trailing slash never matters."""
    escaped = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path.rstrip("/"))
    return re.compile(f"^{escaped}/?$")


def row_id(text: str) -> int:
    """An id as a row's number; -1, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


def text_of(value: object) -> str:
    """A field as text; '' for anything that is not text or a number."""
    return str(value) if isinstance(value, str | int | float) else ""


def object_of(value: object) -> Json:
    """A field as an object; empty for anything else."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[object]:
    """A field as a list; empty for anything else."""
    return value if isinstance(value, list) else []
