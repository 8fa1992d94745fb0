"""One account's way to X for one piece of work: where calls are made, watched and understood."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from socialseed.connectors.http import Call, Http, Reply, Upload
from socialseed.connectors.twitter import limits, mapping
from socialseed.connectors.twitter.manifest import API, MANIFEST
from socialseed.connectors.types import Grant
from socialseed.core.errors import Remedy, UpstreamError


@dataclass(frozen=True, slots=True)
class Said:
    """The parts of a request. `key` is set exactly when its effect can be seen in the world."""

    query: Mapping[str, str] | None = None
    json: object | None = None
    form: Mapping[str, str] | None = None
    upload: Upload | None = None
    key: str | None = None


_NOTHING = Said()


@dataclass(frozen=True, slots=True)
class Line:
    """`by` is the loop instant at which the work must be over."""

    http: Http
    grant: Grant
    by: float

    def ending(self, seconds: float) -> "Line":
        """The same line, over `seconds` earlier."""
        return replace(self, by=self.by - seconds)

    @property
    def left(self) -> float:
        """Seconds until the end."""
        return self.http.left(self.by)

    async def ask(
        self,
        method: Literal["GET", "POST", "DELETE"],
        endpoint: str,
        path: str,
        said: Said = _NOTHING,
    ) -> object:
        """The decoded body of a success. `endpoint` names the path for quotas, ids left out."""
        reply = await self.send(method, endpoint, path, said)
        body = reply.json()
        refused = mapping.item_refusal(body, reply, self.http.clock.now())
        if refused is not None:
            raise refused
        return body

    async def send(
        self,
        method: Literal["GET", "POST", "DELETE"],
        endpoint: str,
        path: str,
        said: Said = _NOTHING,
    ) -> Reply:
        """A 2xx answer, unread. Raises UpstreamError by remedy for any other."""
        headers = {"authorization": f"Bearer {self.grant.access_token}"}
        if said.key is not None:
            headers["idempotency-key"] = said.key
        call = Call(
            method,
            API,
            path,
            effect=said.key is not None,
            headers=headers,
            query=said.query or {},
            json=said.json,
            form=said.form,
            upload=said.upload,
            by=self.by,
            egress=self.grant.egress,
        )
        reply = await self.http.call(call)
        now = self.http.clock.now()
        told = limits.told(f"{method} {endpoint}", reply.headers, now)
        self.http.quotas.note(MANIFEST.platform, self.grant.account_id, told)
        if not reply.ok:
            raise mapping.refusal(reply, now)
        return reply

    def need(self, scopes: tuple[str, ...]) -> None:
        """Raises REJECT `scope_missing` when the owner granted fewer. No scopes told: unknown."""
        missing = sorted(set(scopes) - set(self.grant.scopes)) if self.grant.scopes else []
        if missing:
            detail = f"The owner did not grant {', '.join(missing)}: connect the account again."
            raise UpstreamError(Remedy.REJECT, "scope_missing", detail)
