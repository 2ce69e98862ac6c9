"""A link as a picture in a terminal, for a phone's camera."""

import segno

QUIET_MODULES = 2
"""The border. The standard asks for 4; phones read 2, and a small terminal has room for it."""

_HALVES = {(0, 0): " ", (1, 0): "▀", (0, 1): "▄", (1, 1): "█"}


def qr_lines(link: str) -> tuple[str, ...]:
    """A link as lines of half blocks, to be shown black on white: two modules a letter.

    Example:
        >>> {len(line) for line in qr_lines("http://192.168.1.20:8321")}
        {29}
    """
    code = segno.make(link, error="l", micro=False)
    rows = [[int(dark) for dark in row] for row in code.matrix_iter(border=QUIET_MODULES)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    return tuple(
        "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )
