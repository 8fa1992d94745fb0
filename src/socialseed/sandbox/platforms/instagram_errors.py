"""Instagram's error envelope and usage headers."""

from socialseed.sandbox.call import ApiError, Call
from socialseed.sandbox.clock import from_ms
from socialseed.sandbox.http import Answer, json_answer


def graph_error(
    status: int, code: int, message: str, subcode: int | None = None, *, transient: bool = False
) -> ApiError:
    """The Graph API's envelope."""
    error: dict[str, object] = {
        "message": message,
        "type": "OAuthException" if code in (10, 190, 200) else "GraphMethodException",
        "code": code,
        "is_transient": transient,
        "fbtrace_id": "AbCdEfGh1jK",
    }
    if subcode is not None:
        error["error_subcode"] = subcode
    return ApiError(status, {"error": error})


def not_there(object_id: str, what: str = "get") -> ApiError:
    """The object is missing, or the product used may not touch it."""
    return graph_error(
        400,
        100,
        f"Unsupported {what} request. Object with ID '{object_id}' does not exist, cannot be loaded"
        " due to missing permissions, or does not support this operation",
        33,
    )


def bad_parameter(detail: str = "") -> ApiError:
    """A parameter is missing or wrong."""
    return graph_error(400, 100, f"(#100) Invalid parameter{': ' + detail if detail else ''}")


class InstagramErrors:
    """The failures that every platform has, in Instagram's words."""

    def limited(self, call: Call) -> ApiError:
        """Too many calls; the code says it, there is no Retry-After."""
        return graph_error(429, 4, "(#4) Application request limit reached", transient=True)

    def expired(self, call: Call) -> ApiError:
        """The token does not work any more."""
        at = from_ms(call.now).strftime("%A, %d-%b-%y %H:%M:%S UTC")
        message = f"Error validating access token: Session has expired. The current time is {at}."
        return graph_error(400, 190, message, 463)

    def broken(self, call: Call, status: int) -> ApiError:
        """A failure on the platform's side."""
        message = "An unexpected error has occurred. Please retry your request later."
        return graph_error(status, 2, message, transient=True)

    def revoked(self, call: Call) -> ApiError:
        """The person removed the app."""
        message = "Error validating access token: The user has not authorized application 1."
        return graph_error(400, 190, message, 458)

    def restricted(self, call: Call) -> ApiError:
        """The account may not do this for a time."""
        message = "We restrict certain activity to protect our community"
        return graph_error(400, 4, message, 2207051)

    def locked(self, call: Call) -> ApiError:
        """A checkpoint: a human has to log in."""
        message = (
            "Error validating access token: You cannot access the app till you log in to"
            " www.facebook.com and follow the instructions given: the user must log in."
        )
        return graph_error(400, 190, message, 459)

    def suspended(self, call: Call) -> ApiError:
        """The account is inactive or taken away."""
        return graph_error(400, 25, "The Instagram account is restricted", 2207050)

    def unknown_path(self, call: Call) -> Answer:
        """No such endpoint."""
        return json_answer(
            {"error": {"message": "Unknown path components", "type": "OAuthException", "code": 2500,
                       "fbtrace_id": "AbCdEfGh1jK"}}, 400,
        )  # fmt: skip
