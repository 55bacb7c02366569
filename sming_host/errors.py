"""The one base class of every error that a user can cause and can mend."""

from __future__ import annotations


class UserError(Exception):
    """Something the user can put right; shown as a message and a hint, never as a traceback.

    `message` says what is wrong and names the value at fault; `hint` says what to do about it (may span lines).
    Anything else that is raised is a bug of ours and keeps its traceback.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """The text of a command line's error output, hint included."""
        return f"{self.message}\n{self.hint}" if self.hint else self.message
