"""Toy, an invented platform, keeps the contract: this file is all that a new platform adds here."""

from socialseed.connectors.http import Http
from socialseed.connectors.protocol import Connector
from socialseed.connectors.types import Order
from socialseed.core.errors import Remedy
from tests.contracts.connector import Answers
from tests.contracts.toy.connector import ToyConnector


class TestAnswers(Answers):
    platform = "toy"
    tier = "free"
    effect = r"(POST|DELETE) .*/posts"
    orders = {
        "publish_text": Order("key-1", "publish_text", text="Hello"),
        "delete": Order("key-2", "delete", post_id="11"),
    }
    recordings = (
        ("POST", "/posts$", 201, {"id": "11"}),
        ("DELETE", "/posts/11$", 200, {"deleted": "11"}),
    )
    unauthorized = (401, {"error": "no_token"}, Remedy.REAUTHORIZE, "token_refused")
    limited = (429, {"error": "slower"}, Remedy.WAIT, "rate_limited")
    refusals = (
        (400, {"error": "too_long"}, Remedy.REJECT, "too_long"),
        (404, {"error": "no_such_post"}, Remedy.REJECT, "no_such_post"),
        (400, {"error": "never_seen"}, Remedy.RECONCILE, "undocumented_answer"),
    )

    def connector_over(self, http: Http) -> Connector:
        """Toy is in no registry; a real platform leaves this out."""
        return ToyConnector(http)
