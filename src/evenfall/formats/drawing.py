"""Whether some bytes are a drawing as our page makes one: a PNG, whole, of no more than so many
pixels, with nothing in it that a viewer would trip over.

Source: W3C PNG (third edition): 5.2 signature, 5.3 chunks, 11.2 IHDR and IDAT, 9 filtering.
"""

import zlib
from collections.abc import Iterator
from struct import unpack_from

PIXELS_MAX = 1024 * 1024
"""Our page draws 640 by 420; this much is room for another's (this project's own choice)."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SAMPLES = {0: 1, 2: 3, 4: 2, 6: 4}
"""Samples a pixel: grey, colour, and each with transparency. A palette is none a canvas makes."""
_HEAD_BYTES = 13
_STEP_BYTES = 1 << 16


def is_drawing(data: bytes) -> bool:
    """Whether these bytes are a drawing that can be shown.

    Args:
        data: the whole file.

    Example:
        >>> is_drawing(b"<svg>"), is_drawing(b"")
        (False, False)
    """
    if not data.startswith(_SIGNATURE):
        return False
    chunks = list(_chunks(data))
    names = [name for name, _ in chunks]
    if len(names) < 3 or names[0] != b"IHDR" or names[-1] != b"IEND" or b"IHDR" in names[1:]:
        return False
    size_bytes = _unpacked_bytes(chunks[0][1])
    packed = b"".join(body for name, body in chunks if name == b"IDAT")
    return size_bytes > 0 and _unpacks_to(packed, size_bytes)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every chunk by its name; a nameless one, and no more, where something does not fit."""
    at = len(_SIGNATURE)
    while at < len(data):
        length = unpack_from(">I", data, at)[0] if at + 12 <= len(data) else len(data)
        end = at + 8 + length
        if end + 4 > len(data) or zlib.crc32(data[at + 4 : end]) != unpack_from(">I", data, end)[0]:
            yield b"", b""
            return
        yield data[at + 4 : at + 8], data[at + 8 : end]
        at = end + 4


def _unpacked_bytes(head: bytes) -> int:
    """How many bytes the lines of a picture are, by its head; 0 for one our page never makes."""
    if len(head) != _HEAD_BYTES:
        return 0
    width, height, depth, colour, *methods = unpack_from(">IIBBBBB", head)
    samples = _SAMPLES.get(colour, 0)
    if depth != 8 or any(methods) or not 0 < width * height <= PIXELS_MAX:
        return 0
    return (1 + width * samples) * height if samples else 0


def _unpacks_to(packed: bytes, size_bytes: int) -> bool:
    """Whether it unpacks to just so many bytes; no more than that is ever unpacked."""
    stream, found = zlib.decompressobj(), 0
    try:
        while found <= size_bytes and not stream.eof:
            lines = stream.decompress(packed, _STEP_BYTES)
            found, packed = found + len(lines), stream.unconsumed_tail
            if not lines and not packed:
                break
    except zlib.error:
        return False
    return stream.eof and found == size_bytes and not stream.unused_data
