"""What can be said of a lamp or speaker, to a family and to whoever mends it."""

from typing import Literal

import msgspec

from evenfall.adapters.devices.driver import NOUNS
from evenfall.records.household import OutputKind

Status = Literal["unasked", "moving", "confirmed", "differs", "manual", "unavailable"]

_WORDS: dict[Status, str] = {
    "unasked": "The {noun} has not been asked for anything yet.",
    "moving": "The {noun} is on its way.",
    "confirmed": "The {noun} says it did as asked.",
    "differs": "The {noun} says something else than it was asked.",
    "manual": "Someone set the {noun} by hand. It stays that way, and tonight only gets less.",
    "unavailable": "The {noun} doesn't answer. The story goes on.",
}

ADVICE = {
    "light": "If Evenfall stops, nothing else fades this lamp: what it does is advice.",
    "sound": "If Evenfall stops, nothing else quiets this speaker: what it does is advice.",
}


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One device, as last known."""

    id: str
    kind: OutputKind
    status: Status
    asked_step: int | None
    seen_step: int | None
    advice: bool
    note: str = ""

    @property
    def words(self) -> str:
        """The report as the house says it.

        Example:
            >>> Report(id="nest-lamp", kind="light", status="confirmed", asked_step=1,
            ...        seen_step=1, advice=False).words
            'The lamp says it did as asked.'
        """
        said = [status_words(self.status, self.kind), self.note]
        return " ".join([*filter(None, said), *[ADVICE[self.kind]] * self.advice])


def status_words(status: Status, kind: OutputKind) -> str:
    """What a device makes of what it was told, as the house says it."""
    return _WORDS[status].format(noun=NOUNS[kind])
