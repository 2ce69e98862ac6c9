"""A recording's kind and length by its own bytes, whatever bytes those are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.sounds import EVERY_KIND, mp3, mp4, ogg_opus, ogg_vorbis, wav, webm

from evenfall.formats.audio import EXTENSIONS, duration_s, media_type_of

HUGE_FREE = b"\x00\x00\x00\x01free" + (16).to_bytes(8)
"""An empty box whose length is written in eight bytes, as long files do."""


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_every_kind_is_known_by_its_first_bytes(kind: str) -> None:
    assert media_type_of(EVERY_KIND[kind]) == kind
    assert kind in EXTENSIONS


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"OggX",
        b"RIFF\x00\x00\x00\x00AVI LIST",
        b"\x1a\x45\xdf\xa3\x01matroska",
        b"<!doctype html><script>",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xff\xff\xff" * 9,
        b"\xff\xfb",
        b"\xff\xfb\xf0\x64 no such bitrate",
        b"\xff\xf9\x90\x64 layer IV",
        "a word".encode("utf-16"),
    ],
)
def test_anything_else_is_no_recording(data: bytes) -> None:
    assert media_type_of(data) is None


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        (wav(2.0), 2.0),
        (wav(2.5, 48_000), 2.5),
        (ogg_opus(61.0), 61.0),
        (ogg_vorbis(3.0), 3.0),
        (mp4(59.9), 59.9),
        (mp4(12.0, long_form=True), 12.0),
        (mp4(0.0), None),
        (mp4(5.0, scale=0), None),
        (mp4(7.0).replace(b"\x00\x00\x00\x08free", HUGE_FREE), 7.0),
        (mp4(7.0).replace(b"\x00\x00\x00\x08free", b"\x00\x00\x00\x07free"), None),
        (mp4(7.0).replace(b"\x00\x00\x00\x08free", b"\x00\x00\x00\x00free"), None),
        (mp4(7.0).replace(b"mvhd", b"none"), None),
        (ogg_opus().replace(b"OpusHead", b"OtherOne"), None),
        (ogg_vorbis(-1.0), None),
        (webm(), None),
        (mp3(), None),
        (wav()[:30], None),
        (ogg_opus()[:38], None),
        (ogg_opus()[:47], 0.0),
        (mp4()[:40], None),
    ],
)
def test_its_length_is_what_its_header_says_or_unknown(data: bytes, seconds: float | None) -> None:
    kind = media_type_of(data)
    assert kind is not None
    found = duration_s(data, kind)
    assert found == (None if seconds is None else pytest.approx(seconds, abs=0.01))


def test_a_wav_is_as_long_as_what_is_there_whatever_it_says() -> None:
    whole = wav(2.0)
    streamed = whole.replace(b"data" + whole[40:44], b"data\xff\xff\xff\xff")
    assert duration_s(streamed, "audio/wav") == 2.0


@given(st.sampled_from(sorted(EVERY_KIND)), st.data())
def test_no_bytes_are_too_strange(kind: str, data: st.DataObject) -> None:
    sound = bytearray(EVERY_KIND[kind][:200])
    for _ in range(data.draw(st.integers(0, 6))):
        sound[data.draw(st.integers(0, len(sound) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(sound[: data.draw(st.integers(0, len(sound)))])
    for one in EXTENSIONS:
        found = duration_s(cut, one)
        assert found is None or found >= 0
    media_type_of(cut)
