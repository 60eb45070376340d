"""Every error the guide raises on purpose.

* DragomanError
  x BadInput        the caller can fix it
    - BadConfig     a setting is missing, misspelt or out of range
    - UnknownName   no backend of that name is installed
    - TooLarge      more than is accepted at once
  x NotFound        a product, file or artefact that does not exist
  x Unsupported     a language pair, a format or a filter this part cannot do
  x Conflict        the request fights with the state: the index was built by another encoder
  x Unavailable     a backend is down or slow; trying again may help
    - Busy          another process owns the folder
  x Corrupt         stored data is damaged; the message says where
"""


class DragomanError(Exception):
    """Says what happened, with the values; ``hint`` says what to do next."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class BadInput(DragomanError):
    """The caller can fix it."""


class BadConfig(BadInput):
    """A setting is missing, misspelt or out of range."""


class UnknownName(BadInput):
    """No backend of that name is installed."""


class TooLarge(BadInput):
    """More than is accepted at once."""


class NotFound(DragomanError):
    """A product, file or artefact that does not exist."""


class Unsupported(DragomanError):
    """A language pair, a format or a filter this part cannot do."""


class Conflict(DragomanError):
    """The request fights with the state."""


class Unavailable(DragomanError):
    """A backend is down or slow; trying again may help."""


class Busy(Unavailable):
    """Another process owns the folder."""


class Corrupt(DragomanError):
    """Stored data is damaged."""
