"""Familiar voices for the night: each a file in the home's folder and a record of who agreed.

The record comes before the file and goes after it, so that no sound lies anywhere without a name
it can be taken away by. Nothing listens to them, learns from them or makes another out of them.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.app.home import Home, load_household, write_atomically
from evenfall.app.keepsafe import VOICES
from evenfall.formats.audio import EXTENSIONS, duration_s, media_type_of
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.plan.age import age_months, is_under
from evenfall.records.household import Household, Member
from evenfall.records.view import VoiceChoice
from evenfall.records.voice import AudioType, VoiceKept
from evenfall.safety.limits import CHILD_UNDER_YEARS

SIZE_MAX_BYTES = 2 * 1024 * 1024
SECONDS_MAX = 60.0
SECONDS_OVER = 1.0
"""A recorder stopped at a minute writes a little more: this project's own choice, as all of these
are. The length of a kind that does not say it is not checked; the night gives any voice its 60 to
90 s and no more (`play.step`)."""

VOICES_MAX = 8
"""Voices for one person."""


class Voices:
    """The voices of a home.

    Args:
        home: where the files are.
        library: where the records are.
        household: who lives here now; by default, as the home's own household file says.
        now_utc: what time it is.
        draw: where a new voice's name comes from, so many random bytes.
    """

    def __init__(
        self,
        home: Home,
        library: SqliteLibrary,
        household: Callable[[], Household] | None = None,
        *,
        now_utc: Callable[[], datetime] = lambda: datetime.now(UTC),
        draw: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self.folder = home.folder / VOICES
        self.library = library
        self._household = household or (lambda: load_household(home.household_file).record)
        self._now_utc = now_utc
        self._draw = draw

    def all(self) -> list[VoiceKept]:
        """Every voice, the oldest first.

        Raises:
            LogUnavailableError: the library cannot be read.
        """
        return sorted(self.library.all(VoiceKept), key=lambda one: (one.made_utc, one.id))

    def for_room(self, household: Household, room: str) -> tuple[VoiceChoice, ...]:
        """The voices kept for who sleeps in a room, the newest first; of who lives here.

        Raises:
            LogUnavailableError: the library cannot be read.
        """
        names = {one.id: one.name for one in household.members}
        here = {one.id for one in household.members if one.room == room}
        return tuple(
            VoiceChoice(id=one.id, teller_name=names[one.teller], for_member=one.for_member)
            for one in reversed(self.all())
            if one.for_member in here and one.teller in names and self._file(one).is_file()
        )

    def keep(
        self,
        *,
        teller: str,
        for_member: str,
        media_type: str,
        data: bytes,
        consent: str,
        assent: bool = False,
    ) -> VoiceKept:
        """Keep a recording.

        Args:
            teller: whose voice it is.
            for_member: for whose night.
            media_type: what it is said to be; its own first bytes must agree.
            data: the whole file, 2 MB at most.
            consent: who agrees: the teller, or for one under 18 a guardian of theirs.
            assent: true where a teller under 18 says yes to this recording too.

        Raises:
            EvenfallError: it is no such recording, too long, or not agreed to.
            LogUnavailableError: the library cannot be written; nothing was kept.
        """
        household = self._household()
        self._refuse_unless_agreed(household, teller, consent, assent)
        _member(household, for_member)
        kind = _refuse_no_recording(media_type, data)
        self._refuse_too_many(for_member)
        kept = VoiceKept(
            id=f"v-{self._draw(8).hex()}",
            teller=teller,
            for_member=for_member,
            media_type=kind,
            seconds=duration_s(data, kind),
            size_bytes=len(data),
            made_utc=self._now_utc(),
            consent=consent,
            assent=assent,
        )
        self.library.put(kept.id, kept.made_utc.date().isoformat(), kept)
        try:
            self._write(kept, data)
        except BaseException:
            self.withdraw(kept.id)
            raise
        return kept

    def read(self, voice_id: str) -> tuple[str, bytes]:
        """A voice's kind and sound.

        Raises:
            EvenfallError: no such voice is kept, or its file is not there.
        """
        kept = self.library.get(voice_id, VoiceKept)
        try:
            if kept is not None:
                return kept.media_type, self._file(kept).read_bytes()
        except OSError:
            pass
        raise EvenfallError(
            Fault(
                "a voice that is not kept here",
                Place(),
                "one that has not been taken away",
                "load the page again; it shows those that are kept",
            )
        )

    def withdraw(self, voice_id: str) -> bool:
        """Take a voice away: its sound first, then what was known of it.

        A backup made before still holds it (docs/howto/a-voice-for-the-night.md).

        Returns:
            Whether there was one.

        Raises:
            EvenfallError: the file cannot be removed; then nothing was.
            LogUnavailableError: the library cannot be written; the sound is gone, its record not.
        """
        kept = self.library.get(voice_id, VoiceKept)
        if kept is None:
            return False
        try:
            for file in self.folder.glob(f"{kept.id}.*"):
                file.unlink(missing_ok=True)
        except OSError as error:
            raise EvenfallError(
                Fault(
                    f"a voice that cannot be removed ({(error.strerror or '').lower()})",
                    Place(VOICES),
                    "a folder this user may write to",
                    "give this user permission, then take it away again; nothing was changed",
                )
            ) from error
        return self.library.remove(voice_id, VoiceKept)

    # --- Parts -------------------------------------------------------------------------------

    def _file(self, kept: VoiceKept) -> Path:
        return self.folder / f"{kept.id}.{EXTENSIONS[kept.media_type]}"

    def _write(self, kept: VoiceKept, data: bytes) -> None:
        """Into a folder that only this user may look into."""
        with suppress(OSError):  # where that fails, so will the writing, which says why
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(self._file(kept), data)
        with suppress(OSError):
            self._file(kept).chmod(0o600)

    def _refuse_unless_agreed(
        self, household: Household, teller: str, consent: str, assent: bool
    ) -> None:
        """Whoever tells agrees; for a child a guardian, and the child too, each time."""
        whose = _member(household, teller)
        if not self._is_child(whose):
            if consent != teller:
                raise _not_agreed(
                    f"a voice of {whose.name}'s that {whose.name} has not agreed to",
                    f"{whose.name}'s own yes",
                    f"let {whose.name} keep it",
                )
            return
        if consent not in whose.guardians:
            raise _not_agreed(
                f"a recording of a child's voice, {whose.name}'s, without a guardian's consent",
                f"the consent of one of {whose.name}'s guardians",
                "ask a guardian to keep it",
            )
        if not assent:
            raise _not_agreed(
                f"a recording of {whose.name}'s voice that {whose.name} has not said yes to",
                f"{whose.name}'s own yes, each time",
                f"ask {whose.name}; a no is a no",
            )

    def _is_child(self, member: Member) -> bool:
        now = self._now_utc()
        return is_under(age_months(member, date(now.year, now.month, now.day)), CHILD_UNDER_YEARS)

    def _refuse_too_many(self, for_member: str) -> None:
        if sum(one.for_member == for_member for one in self.all()) >= VOICES_MAX:
            raise EvenfallError(
                Fault(
                    f"{VOICES_MAX} voices that are kept for one person already",
                    Place(),
                    f"{VOICES_MAX} at most",
                    "take one away first",
                )
            )


def _member(household: Household, member: str) -> Member:
    for one in household.members:
        if one.id == member:
            return one
    raise EvenfallError(
        Fault("a name nobody here has", Place(), "a member of this home", "load the page again")
    )


def _refuse_no_recording(media_type: str, data: bytes) -> AudioType:
    """What a recording is by its own bytes, where it may be kept."""
    if len(data) > SIZE_MAX_BYTES:
        raise _unfit("a recording of more than 2 MB", "2 MB at most, about a minute")
    kind = media_type_of(data)
    if kind is None:
        raise _unfit("something that is no recording this hub knows", "M4A, WebM, Ogg, WAV or MP3")
    said = media_type.split(";")[0].strip().lower()
    if said != kind:
        raise _unfit(f"a recording that is called {said[:40]} and is {kind}", "one and the same")
    seconds = duration_s(data, kind)
    if seconds is not None and seconds > SECONDS_MAX + SECONDS_OVER:
        raise _unfit(f"a recording of {seconds:.0f} s", f"{SECONDS_MAX:.0f} s at most")
    if seconds == 0:
        raise _unfit("a recording with nothing in it", "a voice")
    return kind


def _unfit(found: str, expected: str) -> EvenfallError:
    return EvenfallError(Fault(found, Place(), expected, "record it again, or choose another file"))


def _not_agreed(found: str, expected: str, mend: str) -> EvenfallError:
    return EvenfallError(Fault(found, Place(), expected, mend))
