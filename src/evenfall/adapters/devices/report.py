"""What can be said of a lamp or speaker, to a family and to whoever mends it."""

from typing import Literal

import msgspec

from evenfall.adapters.devices.driver import NOUNS
from evenfall.adapters.devices.holding import Lack
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

STAYS_LOW: dict[tuple[OutputKind, Lack], str] = {
    ("light", "unwatched"): "This lamp stays dim until Home Assistant's automation watches it: "
    "nothing else would fade it if Evenfall stopped.",
    ("sound", "unwatched"): "This speaker stays quiet until Home Assistant's automation watches "
    "it: nothing else would hush it if Evenfall stopped.",
    ("light", "powers-up"): "This lamp stays dim until its own settings keep it dark after a "
    "power cut: now it would come back bright.",
    ("sound", "powers-up"): "This speaker stays quiet until its own settings keep it silent after "
    "a power cut: now it would come back loud.",
}
"""Why a device has only what is safe all night, and the mend (care rule 4)."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One device, as last known."""

    id: str
    kind: OutputKind
    status: Status
    asked_step: int | None
    seen_step: int | None
    lack: Lack = ""
    note: str = ""

    @property
    def words(self) -> str:
        """The report as the house says it.

        Example:
            >>> Report(id="nest-lamp", kind="light", status="confirmed", asked_step=1,
            ...        seen_step=1).words
            'The lamp says it did as asked.'
        """
        said = [status_words(self.status, self.kind), self.note]
        return " ".join([*filter(None, said), *low_words(self.kind, self.lack)])


def status_words(status: Status, kind: OutputKind) -> str:
    """What a device makes of what it was told, as the house says it."""
    return _WORDS[status].format(noun=NOUNS[kind])


def low_words(kind: OutputKind, lack: Lack) -> tuple[str, ...]:
    """Why a device has only what is safe all night; nothing where it has more, or none knows yet.

    Example:
        >>> low_words("light", ""), low_words("light", "unknown")
        ((), ())
    """
    return tuple(words for known, words in STAYS_LOW.items() if known == (kind, lack))
