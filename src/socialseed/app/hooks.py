"""Tells the platform sandbox where its webhooks go, as one does in a developer portal."""

import json
import urllib.error
import urllib.request

from socialseed.connectors.gateway import Gateway
from socialseed.core.settings import Settings
from socialseed.sandbox.platforms import HOSTS

SECONDS = 5.0


def introduce(sandbox_url: str, port: int, verify_token: str) -> list[str]:
    """The sandbox sends webhooks to the API on this port; the platforms for which it refused.

    The sandbox asks the address for its proof first, so the API must answer. It remembers what it
    was told, and the same address again replaces the earlier one.
    """
    gateway, settings = Gateway(sandbox_url), Settings()
    return [
        platform
        for platform in dict.fromkeys(HOSTS.values())
        if not _register(
            f"{sandbox_url.rstrip('/')}/_control/webhooks",
            {
                "platform": platform,
                "url": f"http://127.0.0.1:{port}/api/v1/webhooks/{platform}",
                "secret": gateway.secret(settings.webhook_secret(platform)),
                "verify_token": verify_token,
            },
        )
    ]


def _register(address: str, body: dict[str, str]) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(  # noqa: S310 - the sandbox's own address
        address, json.dumps(body).encode(), {"content-type": "application/json"}
    )
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError, ValueError):
        return False
