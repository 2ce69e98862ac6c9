"""Telling an adult something, by their own phone and never by the child's room."""

from collections.abc import Sequence
from typing import Protocol

from evenfall.formats.errors import EvenfallError


class NoticeLostError(EvenfallError):
    """A notice that did not go out, and why."""


class Notices(Protocol):
    """Where a word to a guardian goes."""

    def tell(self, guardians: Sequence[str], text: str) -> None:
        """Tell these people, by member id. Never raises: a lost notice must not stop a night."""
