"""TikTok's two envelopes: one for the open API, one for the business API (always HTTP 200)."""

from socialseed.sandbox.call import ApiError, Call, Json
from socialseed.sandbox.http import Answer, json_answer

BUSINESS = "business-api.tiktok.com"


def open_error(call: Call, status: int, code: str, message: str) -> ApiError:
    """A refusal of the open API."""
    return ApiError(
        status, {"error": {"code": code, "message": message, "log_id": call.request_id}}
    )


def open_ok(call: Call, data: Json) -> Answer:
    """A good answer of the open API."""
    error = {"code": "ok", "message": "", "log_id": call.request_id}
    return json_answer({"data": data, "error": error})


def business_error(call: Call, code: int, message: str, status: int = 200) -> ApiError:
    """A refusal of the business API."""
    body = {"code": code, "message": message, "request_id": call.request_id, "data": {}}
    return ApiError(status, body)


def business_ok(call: Call, data: Json) -> Answer:
    """A good answer of the business API."""
    return json_answer({"code": 0, "message": "OK", "request_id": call.request_id, "data": data})


def oauth_error(call: Call, code: str, description: str, status: int = 400) -> ApiError:
    """OAuth errors are flat."""
    return ApiError(
        status, {"error": code, "error_description": description, "log_id": call.request_id}
    )


class TikTokErrors:
    """The failures that every platform has, in TikTok's words."""

    def limited(self, call: Call) -> ApiError:
        """Too many calls."""
        if call.host == BUSINESS:
            return business_error(call, 40100, "Too many requests. Please retry later.")
        return open_error(call, 429, "rate_limit_exceeded", "The API rate limit was exceeded.")

    def expired(self, call: Call) -> ApiError:
        """The token does not work."""
        if call.host == BUSINESS:
            return business_error(call, 40105, "Access token is incorrect or has been revoked.")
        message = "The access token is invalid or not found in the request."
        return open_error(call, 401, "access_token_invalid", message)

    def broken(self, call: Call, status: int) -> ApiError:
        """A failure on the platform's side."""
        if call.host == BUSINESS:
            return business_error(call, 50000, "System error.", status)
        return open_error(call, status, "internal_error", "Something went wrong. Try again later.")

    def revoked(self, call: Call) -> ApiError:
        """The person took the grant back; TikTok says no more than for an old token."""
        return self.expired(call)

    def restricted(self, call: Call) -> ApiError:
        """The account may not do this for a time."""
        if call.host == BUSINESS:
            return business_error(call, 40001, "No permission to operate: restricted.")
        message = "The daily post cap of the creator is reached."
        return open_error(call, 403, "spam_risk_too_many_posts", message)

    def locked(self, call: Call) -> ApiError:
        """The session ended; a human has to log in."""
        return self.expired(call)

    def suspended(self, call: Call) -> ApiError:
        """The creator is banned."""
        if call.host == BUSINESS:
            return business_error(call, 40001, "No permission to operate: the account is banned.")
        message = "The creator is banned from making new posts."
        return open_error(call, 403, "spam_risk_user_banned_from_posting", message)

    def unknown_path(self, call: Call) -> Answer:
        """No such endpoint."""
        if call.host == BUSINESS:
            return business_error(call, 40007, "Path not found.", 404).answer
        return open_error(call, 404, "invalid_params", "Unsupported path.").answer
