"""X's error bodies and rate-limit headers."""

from socialseed.sandbox.call import ApiError, Call, Json
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


def wrong_auth(used: str, needed: str) -> ApiError:
    """This endpoint takes another kind of token."""
    detail = (
        f"Authenticating with {used} is forbidden for this endpoint.  Supported authentication"
        f" types are [{needed}]."
    )
    return problem(403, "Unsupported Authentication", detail, "unsupported-authentication")


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


def suspended_user(field: str, value: str) -> Json:
    """The error item for a suspended user."""
    return {
        **missing("user", field, value),
        "title": "Forbidden",
        "detail": f"User has been suspended: [{value}].",
    }


def not_authorized(kind: str, field: str, value: str) -> Json:
    """The error item for something that its owner does not show to the caller."""
    return {
        "resource_id": value,
        "parameter": field,
        "resource_type": kind,
        "section": "data",
        "title": "Authorization Error",
        "value": value,
        "detail": f"Sorry, you are not authorized to see the {kind} with {field}: [{value}].",
        "type": _PROBLEMS + "not-authorized-for-resource",
    }


def field_denied(value: str, field: str) -> Json:
    """The error item for a field that only the owner may read."""
    return {
        "resource_id": value,
        "resource_type": "tweet",
        "parameter": field,
        "section": "data",
        "field": field,
        "title": "Field Authorization Error",
        "detail": f"Sorry, you are not authorized to access '{field}' on the Tweet with id : "
        f"[{value}].",
        "type": _PROBLEMS + "not-authorized-for-field",
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

    def revoked(self, call: Call) -> ApiError:
        """The person took the grant back; X says no more than for an old token."""
        return self.expired(call)

    def restricted(self, call: Call) -> ApiError:
        """The account may not do this for a time."""
        return forbidden("You are not permitted to perform this action.")

    def locked(self, call: Call) -> ApiError:
        """The account is locked until a human logs in."""
        message = (
            "To protect our users from spam and other malicious activity, this account is"
            " temporarily locked. Please log in to https://twitter.com to unlock your account."
        )
        return ApiError(403, {"errors": [{"code": 326, "message": message}]})

    def suspended(self, call: Call) -> ApiError:
        """The account is suspended."""
        detail = "The user used for authentication is suspended"
        return problem(403, "Forbidden", detail, "user-suspended")

    def unknown_path(self, call: Call) -> Answer:
        """No such endpoint."""
        return json_answer(
            {"title": "Not Found", "detail": "Not Found", "type": "about:blank", "status": 404}, 404
        )
