"""X's error bodies and rate-limit headers."""

from socialseed.sandbox.call import ApiError, Call, Json, Route
from socialseed.sandbox.http import Answer, json_answer

_PROBLEMS = "https://api.twitter.com/2/problems/"


def problem(status: int, title: str, detail: str, kind: str = "about:blank") -> ApiError:
    """A whole-request failure."""
    kind = kind if kind.startswith("about:") else _PROBLEMS + kind
    error = ApiError(status, {"title": title, "detail": detail, "type": kind, "status": status})
    error.answer.media_type = "application/problem+json"
    return error


def forbidden(detail: str) -> ApiError:
    """403 with a reason."""
    return problem(403, "Forbidden", detail)


def invalid(field: str, value: str, message: str) -> ApiError:
    """A parameter that cannot be used."""
    return ApiError(
        400,
        {
            "errors": [{"parameters": {field: [value]}, "message": message}],
            "title": "Invalid Request",
            "detail": "One or more parameters to your request was invalid.",
            "type": _PROBLEMS + "invalid-request",
        },
    )


def client_forbidden() -> ApiError:
    """The app's tier does not include this endpoint."""
    return ApiError(
        403,
        {
            "title": "Client Forbidden",
            "detail": "When authenticating requests to the Twitter API v2 endpoints, you must use"
            " an app with the required access level for this endpoint.",
            "reason": "client-not-enrolled",
            "type": _PROBLEMS + "client-forbidden",
            "required_enrollment": "Enterprise",
            "registration_url": "https://developer.x.com/en/docs/projects/overview",
        },
    )


def missing(kind: str, field: str, value: str) -> Json:
    """The error item for something that is not there."""
    return {
        "value": value,
        "detail": f"Could not find {kind} with {field}: [{value}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": field,
        "resource_id": value,
        "type": _PROBLEMS + "resource-not-found",
    }


class XErrors:
    """The failures that every platform has, in X's words."""

    def limited(self, call: Call) -> ApiError:
        """Too many calls."""
        return problem(429, "Too Many Requests", "Too Many Requests")

    def expired(self, call: Call) -> ApiError:
        """The token does not work."""
        return problem(401, "Unauthorized", "Unauthorized")

    def broken(self, call: Call, status: int) -> ApiError:
        """A failure on the platform's side."""
        title = "Service Unavailable" if status == 503 else "Internal Server Error"
        return problem(status, title, title)

    def unknown_path(self, call: Call) -> Answer:
        """No such endpoint."""
        return json_answer(
            {"title": "Not Found", "detail": "Not Found", "type": "about:blank", "status": 404}, 404
        )


def limit_headers(call: Call, route: Route, left: int, ends: int) -> dict[str, str]:
    """The documented headers; the reset is in epoch seconds."""
    headers = {
        "x-rate-limit-limit": str(route.limit),
        "x-rate-limit-remaining": str(left),
        "x-rate-limit-reset": str(-(-ends // 1000)),
    }
    if route.name == "POST /2/tweets":
        headers |= {
            "x-user-limit-24hour-limit": "2400",
            "x-user-limit-24hour-remaining": str(2400 - (route.limit - left)),
            "x-user-limit-24hour-reset": str(call.now // 1000 + 86_400),
        }
    return headers
