"""The refusals of the Bot API: a code, Telegram's words, and how long to wait."""


class ApiError(Exception):
    """A call that is refused; the caller reads code, description and retry_after."""

    def __init__(self, code: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.retry_after = retry_after


def bad(words: str) -> ApiError:
    """400, the fault of the caller."""
    return ApiError(400, f"Bad Request: {words}")


def forbidden(words: str) -> ApiError:
    """403, the other side does not want it."""
    return ApiError(403, f"Forbidden: {words}")


def conflict(words: str) -> ApiError:
    """409, two ways of receiving updates at once."""
    return ApiError(409, f"Conflict: {words}")


def too_many(retry_after: int) -> ApiError:
    """429, come back after so many seconds."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after)
