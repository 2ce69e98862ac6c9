"""A picture as PNG, for messages and paper, drawn with the fonts bundled here.

Rule: names in Latin letters look the same on every machine; for other scripts and emoji the
system's fonts are asked, and a glyph nobody has stays an empty box.
"""

import re
from importlib.resources import as_file, files

import resvg_py

SCALE = 2  # sharp on a phone's screen; this project's own choice
FONT_FILES = (
    "evenfall-sans-regular.ttf",
    "evenfall-sans-bold.ttf",
    "evenfall-serif-regular.ttf",
)
# What the bundled fonts hold: see KEPT in tools/subset_fonts.py.
_BEYOND_THE_FONTS = re.compile("[^\t\n\x20-\x7e\xa0-\u017f\u0218-\u021b–—‘’‚“”„•…‹›€−\u2068\u2069]")


def png_of(svg: str) -> bytes:
    """An SVG document as PNG, twice its size in pixels.

    Args:
        svg: one of the pictures here, or any SVG with a size.

    Raises:
        ValueError: it is not SVG.
    """
    folder = files("evenfall.app.report") / "fonts"
    with as_file(folder) as path:
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=svg,
                zoom=SCALE,
                skip_system_fonts=not _BEYOND_THE_FONTS.search(svg),
                font_files=[str(path / name) for name in FONT_FILES],
                font_family="Evenfall Sans",
                sans_serif_family="Evenfall Sans",
                serif_family="Evenfall Serif",
            )
        )
