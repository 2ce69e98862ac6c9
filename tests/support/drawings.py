"""Drawings as a page makes them, and others: real PNG files, made by hand."""

import struct
import zlib
from base64 import b64encode


def png(
    width: int = 8, height: int = 6, colour: int = 6, lines: bytes | None = None, depth: int = 8
) -> bytes:
    """A PNG. By itself it is one whole, empty drawing with transparency."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    body = bytes((1 + width * samples) * height) if lines is None else lines
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = (b"IHDR", head), (b"IDAT", zlib.compress(body)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in parts)


def chunk(name: bytes, data: bytes) -> bytes:
    """A part of a PNG, with its sum."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def drawn(data: bytes) -> str:
    """A drawing as a page sends it."""
    return f"data:image/png;base64,{b64encode(data).decode()}"
