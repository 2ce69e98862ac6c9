"""Familiar voices: kept only with a yes, known by their own bytes, gone when they are withdrawn."""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import msgspec
import pytest
from msgspec.structs import replace
from tests.support.command_line import demo_home, evenfall
from tests.support.sounds import EVERY_KIND, ogg_opus, wav, webm

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.app.home import Home, load_household
from evenfall.app.keepsafe import restore
from evenfall.app.voices import SIZE_MAX_BYTES, VOICES_MAX, Voices
from evenfall.formats.errors import EvenfallError
from evenfall.records.household import Household
from evenfall.records.voice import VoiceKept

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
SOUND = wav(2.0)


@dataclass
class Kept:
    """A home with voices."""

    home: Home
    library: SqliteLibrary
    household: Household
    voices: Voices

    def tell(self, teller: str = "mara", **other: object) -> VoiceKept:
        """Keep a voice for Noor."""
        given: dict[str, object] = {
            "teller": teller,
            "for_member": "noor",
            "media_type": "audio/wav",
            "data": SOUND,
            "consent": teller,
            **other,
        }
        return self.voices.keep(**given)  # type: ignore[arg-type]

    def files(self) -> list[str]:
        return sorted(path.name for path in self.voices.folder.glob("*"))


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    home = Home(demo_home(tmp_path / "home"))
    library = SqliteLibrary(home.database)
    household = load_household(home.household_file).record
    numbers = iter(range(1, 100))
    voices = Voices(
        home, library, now_utc=lambda: NOW, draw=lambda size: next(numbers).to_bytes(size)
    )
    yield Kept(home, library, household, voices)
    library.close()


def refused(kept: Kept, *words: str, **other: object) -> EvenfallError:
    """A recording that is not kept, and says so with these words; nothing is left of it."""
    before = kept.files(), kept.voices.all()
    with pytest.raises(EvenfallError) as told:
        kept.tell(**other)  # type: ignore[arg-type]
    assert (kept.files(), kept.voices.all()) == before
    said = str(told.value)
    for word in words:
        assert word in said
    return told.value


# --- Keeping ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_a_voice_of_every_kind_comes_back_as_it_was(kept: Kept, kind: str) -> None:
    one = kept.tell(media_type=f"{kind}; codecs=any", data=EVERY_KIND[kind])
    assert kept.voices.read(one.id) == (kind, EVERY_KIND[kind])
    assert kept.voices.all() == [one]
    assert one.size_bytes == len(EVERY_KIND[kind])
    assert one.seconds == (2.0 if kind in ("audio/wav", "audio/ogg", "audio/mp4") else None)


@pytest.mark.safety("H-36")
def test_only_this_user_can_read_it_and_its_name_says_nothing(kept: Kept) -> None:
    one = kept.tell()
    (name,) = kept.files()
    assert name == f"{one.id}.wav" == "v-0000000000000001.wav"
    assert stat.S_IMODE((kept.voices.folder / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.voices.folder.stat().st_mode) == 0o700


def test_what_is_kept_is_known_to_whoever_opens_the_home_next(kept: Kept) -> None:
    one = kept.tell()
    again = Voices(kept.home, SqliteLibrary(kept.home.database))
    assert again.all() == [one]
    assert again.read(one.id) == ("audio/wav", SOUND)
    again.library.close()


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"data": b"<script>"}, ("no recording this hub knows",)),
        ({"data": b""}, ("no recording this hub knows",)),
        ({"data": webm()}, ("called audio/wav and is audio/webm",)),
        ({"media_type": "text/html"}, ("called text/html and is audio/wav",)),
        ({"data": SOUND + bytes(SIZE_MAX_BYTES)}, ("more than 2 MB",)),
        ({"data": wav(61.5)}, ("of 62 s", "60 s at most")),
        ({"data": ogg_opus(90), "media_type": "audio/ogg"}, ("of 90 s",)),
        ({"data": wav(0.0)}, ("nothing in it",)),
        ({"for_member": "nobody"}, ("a name nobody here has",)),
        ({"teller": "nobody"}, ("a name nobody here has",)),
    ],
)
def test_what_is_no_such_recording_is_refused_with_its_reason(
    kept: Kept, other: dict[str, object], words: tuple[str, ...]
) -> None:
    refused(kept, *words, **other)


def test_a_recorder_stopped_at_a_minute_is_a_minute(kept: Kept) -> None:
    assert kept.tell(data=wav(60.4)).seconds == pytest.approx(60.4)


def test_one_person_has_so_many_voices_and_no_more(kept: Kept) -> None:
    for _ in range(VOICES_MAX):
        kept.tell()
    refused(kept, "8 voices that are kept for one person already")
    assert kept.tell(for_member="ilay").for_member == "ilay"


def test_a_disk_that_fails_leaves_neither_sound_nor_record(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    refused(kept, "no space left on device")


# --- Consent ---------------------------------------------------------------------------------


@pytest.mark.safety("H-36")
def test_an_adults_voice_is_kept_by_their_own_yes_and_nobody_elses(kept: Kept) -> None:
    assert kept.tell("mara").consent == "mara"
    refused(kept, "Mara has not agreed to", teller="mara", consent="tomas")


@pytest.mark.safety("H-36")
def test_a_childs_voice_needs_a_guardians_consent_and_the_childs_assent_each_time(
    kept: Kept,
) -> None:
    yes: dict[str, object] = {"teller": "ilay", "consent": "mara", "assent": True}
    one = kept.tell(**yes)  # type: ignore[arg-type]
    assert (one.consent, one.assent) == ("mara", True)
    refused(kept, "has not said yes to", "a no is a no", **{**yes, "assent": False})
    for nobody in ("ilay", "noor", "grandma"):
        refused(kept, "without a guardian's consent", **{**yes, "consent": nobody})


@pytest.mark.safety("H-36")
@pytest.mark.parametrize(("born", "child"), [("2008-11", True), ("2008-10", False)])
def test_in_the_month_of_the_eighteenth_birthday_someone_is_still_a_child(
    kept: Kept, born: str, child: bool
) -> None:
    members = tuple(
        replace(one, born=born, guardians=()) if one.id == "tomas" else one
        for one in kept.household.members
    )
    household = replace(kept.household, members=members)
    voices = Voices(kept.home, kept.library, lambda: household, now_utc=lambda: NOW)
    kept.voices = voices
    if child:
        refused(kept, "a child's voice, Tomás's", teller="tomas")
    else:
        assert kept.tell("tomas").teller == "tomas"


# --- Choosing --------------------------------------------------------------------------------


def test_a_room_has_the_voices_for_who_sleeps_there_the_newest_first(kept: Kept) -> None:
    noors, ilays, maras = (kept.tell(for_member=who) for who in ("noor", "ilay", "mara"))
    nest = kept.voices.for_room(kept.household, "nest")
    assert [one.id for one in nest] == [ilays.id, noors.id]
    assert [(one.teller_name, one.for_member) for one in nest] == [
        ("Mara", "ilay"),
        ("Mara", "noor"),
    ]
    assert [one.id for one in kept.voices.for_room(kept.household, "loft")] == [maras.id]
    assert kept.voices.for_room(kept.household, "nowhere") == ()


def test_a_voice_whose_sound_is_lost_or_whose_teller_has_left_is_not_offered(kept: Kept) -> None:
    lost, kept_one = kept.tell(), kept.tell("tomas")
    (kept.voices.folder / f"{lost.id}.wav").unlink()
    assert [one.id for one in kept.voices.for_room(kept.household, "nest")] == [kept_one.id]
    with pytest.raises(EvenfallError, match="not kept here"):
        kept.voices.read(lost.id)
    without = tuple(one for one in kept.household.members if one.id != "tomas")
    left = replace(kept.household, members=without)
    assert kept.voices.for_room(left, "nest") == ()
    assert {one.id for one in kept.voices.all()} == {lost.id, kept_one.id}


# --- Taking away -----------------------------------------------------------------------------


@pytest.mark.safety("H-36")
def test_taken_away_it_is_gone_the_sound_its_record_and_every_trace_of_its_name(
    kept: Kept,
) -> None:
    stays, goes = kept.tell(), kept.tell("tomas")
    half = kept.voices.folder / f"{goes.id}.wav.part"
    half.write_bytes(b"left by a power cut")
    assert kept.voices.withdraw(goes.id)
    assert kept.files() == [f"{stays.id}.wav"]
    assert kept.voices.all() == [stays]
    with pytest.raises(EvenfallError, match="not kept here"):
        kept.voices.read(goes.id)
    for file in kept.home.folder.glob("evenfall.db*"):
        assert goes.id.encode() not in file.read_bytes()
    assert not kept.voices.withdraw(goes.id)


@pytest.mark.safety("H-36")
def test_a_voice_that_cannot_be_removed_says_so_and_is_still_listed(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = kept.tell()

    def refuses(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuses)
        with pytest.raises(EvenfallError, match="permission denied"):
            kept.voices.withdraw(one.id)
    assert kept.voices.all() == [one]
    assert kept.voices.withdraw(one.id)


@pytest.mark.parametrize("name", ["", "*", "v-*", "../household", "v-0000000000000001.wav"])
def test_only_a_voice_by_its_name_is_taken_away_or_read(kept: Kept, name: str) -> None:
    one = kept.tell()
    assert not kept.voices.withdraw(name)
    with pytest.raises(EvenfallError, match="not kept here"):
        kept.voices.read(name)
    assert kept.voices.all() == [one]
    assert kept.home.household_file.exists()


# --- Taken along -----------------------------------------------------------------------------


@pytest.mark.safety("H-18")
def test_a_backup_and_an_export_take_voices_along(kept: Kept, tmp_path: Path) -> None:
    one = kept.tell()
    file, new, out = tmp_path / "home.zip", tmp_path / "new", tmp_path / "out"
    assert evenfall("--home", kept.home.folder, "backup", file).code == 0
    assert f"voices/{one.id}.wav" in ZipFile(file).namelist()
    restore(file, new)
    again = Voices(Home(new), SqliteLibrary(new / "evenfall.db"))
    assert again.all() == [one]
    assert again.read(one.id) == ("audio/wav", SOUND)
    again.library.close()
    assert evenfall("--home", kept.home.folder, "export", out).code == 0
    assert (out / "voices" / f"{one.id}.wav").read_bytes() == SOUND
    (line,) = (out / "voices" / "voices.jsonl").read_text().splitlines()
    assert msgspec.json.decode(line)["consent"] == "mara"
    assert "familiar voices for the night" in (out / "README.md").read_text()


@pytest.mark.safety("H-36")
def test_a_backup_made_after_a_voice_was_taken_away_knows_nothing_of_it(
    kept: Kept, tmp_path: Path
) -> None:
    gone = kept.tell()
    kept.voices.withdraw(gone.id)
    file = tmp_path / "home.zip"
    assert evenfall("--home", kept.home.folder, "backup", file).code == 0
    with ZipFile(file) as archive:
        for name in archive.namelist():
            assert gone.id not in name
            assert gone.id.encode() not in archive.read(name)
