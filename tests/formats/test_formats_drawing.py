"""A drawing is a PNG that is whole and not too large; anything else is none."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.drawings import chunk, png

from evenfall.formats.drawing import PIXELS_MAX, is_drawing

WHOLE = png()
BOMB = png(1, 1, lines=bytes(40_000_000))


@pytest.mark.parametrize("colour", [0, 2, 4, 6])
def test_a_whole_picture_is_a_drawing(colour: int) -> None:
    assert is_drawing(png(640, 420, colour))
    assert is_drawing(png(1024, 1024, colour, None))
    assert is_drawing(png(1, 1, colour))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n and a whale",
        WHOLE[:-1],
        WHOLE + b"x",
        WHOLE + WHOLE,
        WHOLE[:40] + b"\xff" + WHOLE[41:],
        png(0, 1),
        png(2**31, 2**31, lines=b""),
        png(PIXELS_MAX + 1, 1),
        png(4, 4, 3),  # a palette
        png(4, 4, depth=16),
        png(4, 4, lines=bytes(67)),
        png(4, 4, lines=bytes(69)),
        BOMB,
        WHOLE[:8] + chunk(b"IHDR", b"short") + WHOLE[33:],
        WHOLE[:8] + WHOLE[33:],
        WHOLE[:33] + chunk(b"IEND", b""),
        WHOLE[:33] + chunk(b"IDAT", b"no stream") + chunk(b"IEND", b""),
        WHOLE[:33] + chunk(b"IDAT", zlib.compress(bytes(198)) + b"more") + chunk(b"IEND", b""),
    ],
    ids=range(20),
)
def test_anything_else_is_none(data: bytes) -> None:
    assert not is_drawing(data)


def test_a_picture_in_several_pieces_is_one() -> None:
    packed = zlib.compress(bytes(198))
    pieces = b"".join(chunk(b"IDAT", packed[at : at + 3]) for at in range(0, len(packed), 3))
    words = chunk(b"tEXt", b"Comment\0a boat")
    assert is_drawing(WHOLE[:33] + words + pieces + chunk(b"IEND", b""))


@given(st.binary(max_size=200), st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)))
def test_whatever_is_sent_is_answered(data: bytes, start: int, end: int) -> None:
    changed = WHOLE[:start] + data + WHOLE[end:]
    assert is_drawing(changed) in (True, False)
    assert not is_drawing(data)
