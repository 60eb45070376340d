"""What an error means to a caller: one table to HTTP statuses, one to exit codes."""

from typing import Any

from dragoman.errors import (
    BadConfig,
    BadInput,
    Conflict,
    Corrupt,
    DragomanError,
    NotFound,
    TooLarge,
    Unavailable,
    Unsupported,
)

STATUS: dict[type[DragomanError], int] = {
    BadInput: 400,
    BadConfig: 500,  # the shop's fault, whoever calls
    TooLarge: 413,
    NotFound: 404,
    Conflict: 409,
    Unsupported: 422,
    Corrupt: 500,
    Unavailable: 503,
}

EXIT: dict[type[DragomanError], int] = {
    BadInput: 2,
    NotFound: 2,
    Conflict: 2,
    Unsupported: 2,
    Corrupt: 1,
    Unavailable: 3,
}


def status_of(error: DragomanError) -> int:
    """Return the HTTP status of an error: that of its nearest listed ancestor.

    >>> status_of(TooLarge("12 MB"))
    413
    """
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def exit_code_of(error: DragomanError) -> int:
    """Return the exit code of an error: 1 our fault, 2 the caller's, 3 try again.

    >>> exit_code_of(TooLarge("12 MB"))
    2
    """
    return next(EXIT[kind] for kind in type(error).__mro__ if kind in EXIT)


def code_of(error: DragomanError) -> str:
    """Return the error's machine-readable name.

    >>> code_of(NotFound("no product"))
    'not_found'
    """
    name = type(error).__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def problem(error: DragomanError) -> dict[str, Any]:  # Any: a JSON object
    """Return the error as a problem+json body (RFC 9457) with our ``code`` and ``hint``."""
    code = code_of(error)
    return {
        "type": "about:blank",
        "title": code.replace("_", " ").capitalize(),
        "status": status_of(error),
        "detail": error.message,
        "code": code,
        "hint": error.hint,
    }
