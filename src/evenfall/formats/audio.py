"""What kind of recording some bytes are, and how long: from their own headers, without a decoder.

A name or a header sent along is never believed. What is not looked at: whether the sound itself
can be decoded, and how long a WebM or MP3 is, or an MP4 that was written as it was recorded.
"""

import struct
from collections.abc import Callable
from struct import unpack_from

from evenfall.records.voice import AudioType

EXTENSIONS: dict[AudioType, str] = {
    "audio/mp4": "m4a",
    "audio/webm": "webm",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
}
"""Every kind that is known, and how its files end."""

_EBML = b"\x1a\x45\xdf\xa3"
_OPUS_HZ = 48_000
_LOOK_BYTES = 64
_OGG_HEADER_BYTES = 27


def media_type_of(data: bytes) -> AudioType | None:
    """The kind of a recording by its first bytes, or None for anything else.

    Source: RFC 6381 and ISO 14496-12 (MP4), RFC 9559 (WebM), RFC 3533 (Ogg), ISO 11172-3 (MP3).

    Example:
        >>> media_type_of(b"RIFF....WAVEfmt "), media_type_of(b"<html>")
        ('audio/wav', None)
    """
    if data[4:8] == b"ftyp":
        return "audio/mp4"
    if data.startswith(_EBML):
        return "audio/webm" if b"webm" in data[:_LOOK_BYTES] else None
    if data.startswith(b"OggS"):
        return "audio/ogg"
    if data.startswith(b"RIFF") and data[8:12] == b"WAVE":
        return "audio/wav"
    return "audio/mpeg" if data.startswith(b"ID3") or _is_mp3_frame(data) else None


def _is_mp3_frame(data: bytes) -> bool:
    """Eleven bits set, and a version, layer III, bitrate and rate that there are."""
    if len(data) < 4 or data[0] != 0xFF or data[1] & 0xE0 != 0xE0:
        return False
    version, layer = data[1] >> 3 & 3, data[1] >> 1 & 3
    bitrate, rate = data[2] >> 4, data[2] >> 2 & 3
    return version != 1 and layer == 1 and bitrate not in (0, 15) and rate != 3


def duration_s(data: bytes, media_type: AudioType) -> float | None:
    """How long a recording is in seconds, where its headers say so; None where they do not.

    Args:
        data: the whole file.
        media_type: its kind, as `media_type_of` gives it.
    """
    readers: dict[AudioType, Callable[[bytes], float | None]] = {
        "audio/wav": _wav_s,
        "audio/ogg": _ogg_s,
        "audio/mp4": _mp4_s,
    }
    read = readers.get(media_type)
    try:
        return None if read is None else read(data)
    except (struct.error, IndexError):
        return None


def _wav_s(data: bytes) -> float | None:
    """By the bytes really there: one that was written as it was recorded says any length."""
    bytes_a_second, place = 0, 12
    while place + 8 <= len(data):
        name, size = data[place : place + 4], int(unpack_from("<I", data, place + 4)[0])
        if name == b"fmt ":
            bytes_a_second = int(unpack_from("<I", data, place + 16)[0])
        if name == b"data":
            there = min(size, len(data) - place - 8)
            return there / bytes_a_second if bytes_a_second else None
        place += 8 + size + size % 2
    return None


def _ogg_s(data: bytes) -> float | None:
    """The sample number of its last page, over the rate: Opus counts in 48 kHz, Vorbis in its own.

    Source: RFC 7845 section 4 (Opus), Vorbis I specification section 4.2.2.
    """
    body = _OGG_HEADER_BYTES + data[_OGG_HEADER_BYTES - 1]
    last = data.rfind(b"OggS")
    samples = int(unpack_from("<q", data, last + 6)[0])
    if samples < 0:
        return None
    if data[body : body + 8] == b"OpusHead":
        skipped = int(unpack_from("<H", data, body + 10)[0])
        return max(0, samples - skipped) / _OPUS_HZ
    if data[body : body + 7] == b"\x01vorbis":
        hz = int(unpack_from("<I", data, body + 12)[0])
        return samples / hz if hz else None
    return None


def _mp4_s(data: bytes) -> float | None:
    """The duration of its movie header; one written as it was recorded has none there.

    Source: ISO 14496-12 section 8.2.2.
    """
    movie = _box(data, b"moov", 0, len(data))
    if movie is None:
        return None
    header = _box(data, b"mvhd", *movie)
    if header is None:
        return None
    start, _ = header
    form, at = ("IQ", start + 20) if data[start] == 1 else ("II", start + 12)
    scale, length = unpack_from(f">{form}", data, at)
    return int(length) / int(scale) if scale and length else None


def _box(data: bytes, name: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Where the body of the first box of a name begins and ends, within a part of the file."""
    while start + 8 <= end:
        size, head = int(unpack_from(">I", data, start)[0]), 8
        if size == 1:
            size, head = int(unpack_from(">Q", data, start + 8)[0]), 16
        if size == 0:
            size = end - start
        if size < head:
            return None
        if data[start + 4 : start + 8] == name:
            return start + head, min(start + size, end)
        start += size
    return None
