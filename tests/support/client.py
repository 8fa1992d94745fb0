"""A person's hands on the HTTP API: register, sign in, connect through the consent form, decide."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

API = "/api/v1"
PASSWORD = "quiet maple harbour 77"
Json = dict[str, Any]


class Refused(AssertionError):
    """The API answered with a problem that the test did not expect."""

    def __init__(self, answer: httpx2.Response) -> None:
        request = f"{answer.request.method} {answer.request.url.path}"
        super().__init__(f"{request}: {answer.status_code} {answer.text[:500]}")
        self.status = answer.status_code
        self.code = _code(answer)


def _code(answer: httpx2.Response) -> str:
    try:
        body = answer.json()
    except ValueError:
        return ""
    return str(body.get("code", "")) if isinstance(body, dict) else ""


class Client:
    """One browser's worth of a person: its cookies are kept, and nothing is retried."""

    def __init__(self, url: str, *, timeout: float = 20.0) -> None:
        self.http = httpx2.Client(
            base_url=url, trust_env=False, timeout=timeout, headers={"origin": url}
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The decoded answer to a request that is expected to go well. Raises Refused."""
        answer = self.http.request(
            method, API + path, json=body, params=query, headers=dict(headers or {})
        )
        if answer.status_code >= 400:
            raise Refused(answer)
        return answer.json() if answer.content else None

    # --- who -------------------------------------------------------------------------------------

    def register(self, email: str, password: str = PASSWORD, **more: str) -> Json:
        """A new person with a workspace; not signed in."""
        return self._object(
            self.ask("POST", "/auth/register", {"email": email, "password": password, **more})
        )

    def login(self, email: str, password: str = PASSWORD) -> str:
        """The access token; the cookies are kept too and used by every later request."""
        answer = self.ask("POST", "/auth/login", {"email": email, "password": password})
        return str(answer["access_token"])

    def enter(self, email: str, password: str = PASSWORD) -> Json:
        """Registered and signed in: the profile."""
        self.register(email, password)
        self.login(email, password)
        return self.profile()

    def profile(self) -> Json:
        """Who is signed in."""
        return self._object(self.ask("GET", "/users/profile"))

    def api_key(self, name: str = "robot") -> str:
        """A new machine key."""
        return str(self.ask("POST", "/users/api-keys", {"name": name})["key"])

    def consent(self, *kinds: str) -> None:
        """The workspace consents to these kinds of automation."""
        items = [{"kind": kind, "granted": True} for kind in kinds]
        self.ask("PUT", "/privacy/consents", {"items": items})

    # --- accounts --------------------------------------------------------------------------------

    def create_account(self, platform: str, username: str, **more: object) -> Json:
        """An account that is not connected yet."""
        body = {"platform": platform, "username": username, "timezone": "UTC", **more}
        return self._object(self.ask("POST", "/accounts", body))

    def connect(self, account_id: str, platform: str, handle: str) -> Json:
        """The account, after its owner said yes on the platform's consent form as `handle`."""
        begun = self.ask("POST", f"/accounts/connect/{platform}", {"account_id": account_id})
        form = self.http.get(begun["authorize_url"])
        assert form.status_code == 200, form.text[:300]
        said = self.http.post(
            begun["authorize_url"], data={"new_handle": handle, "decision": "allow"}
        )
        assert said.status_code == 303, said.text[:300]
        came = self.http.get(said.headers["location"])
        assert came.status_code == 303, came.text[:300]
        landed = parse_qs(urlsplit(came.headers["location"]).query)
        assert landed.get("connected") == ["1"], f"not connected: {came.headers['location']}"
        return self.account(account_id)

    def account(self, account_id: str) -> Json:
        """One account with its limits."""
        return self._object(self.ask("GET", f"/accounts/{account_id}"))

    def connected_account(self, platform: str, handle: str, **more: object) -> Json:
        """A new account, connected."""
        made = self.create_account(platform, handle, **more)
        return self.connect(made["id"], platform, handle)

    # --- actions ---------------------------------------------------------------------------------

    def propose(
        self,
        account_id: str,
        action_type: str,
        target_data: Mapping[str, object],
        *,
        target_account: str | None = None,
        key: str | None = None,
    ) -> Json:
        """A new action, or the one that the Idempotency-Key made before."""
        body = {
            "account_id": account_id,
            "action_type": action_type,
            "target_account": target_account,
            "target_data": dict(target_data),
        }
        headers = {"idempotency-key": key} if key else None
        return self._object(self.ask("POST", "/actions", body, headers=headers))

    def action(self, action_id: str) -> Json:
        """One action with its timeline and attempts."""
        return self._object(self.ask("GET", f"/actions/{action_id}"))

    def execute(self, action_id: str) -> Json:
        """A scheduled action is due now."""
        return self._object(self.ask("POST", "/actions/execute", {"action_id": action_id}))

    def approve(self, action_id: str, content_hash: str | None = None) -> Json:
        """The action is approved."""
        body = {"content_hash": content_hash} if content_hash else {}
        return self._object(self.ask("POST", f"/approvals/{action_id}/approve", body))

    def reject(self, action_id: str, reason: str = "off_topic") -> Json:
        """The action is rejected."""
        body = {"reason": reason}
        return self._object(self.ask("POST", f"/approvals/{action_id}/reject", body))

    def bulk(self, ids: list[str], decision: str = "approve") -> list[Json]:
        """Each id's result."""
        body = {"ids": ids, "decision": decision}
        found: list[Json] = self.ask("POST", "/approvals/bulk", body)["results"]
        return found

    def complete(self, action_id: str, outcome: str = "done") -> Json:
        """A human task is completed."""
        return self._object(
            self.ask("POST", f"/actions/{action_id}/complete", {"outcome": outcome})
        )

    # --- stops -----------------------------------------------------------------------------------

    def stop(self, scope: str = "workspace", id: str | None = None, reason: str = "test") -> Json:
        """Nothing in the scope starts from now on."""
        body = {"scope": scope, "id": id, "reason": reason}
        return self._object(self.ask("POST", "/emergency-stop", body))

    def lift(self, stop_id: str | None = None) -> Json:
        """The stop, or every stop, holds no longer."""
        query = {"id": stop_id} if stop_id else None
        return self._object(self.ask("DELETE", "/emergency-stop", query=query))

    @staticmethod
    def _object(body: object) -> Json:
        assert isinstance(body, dict), body
        return body
