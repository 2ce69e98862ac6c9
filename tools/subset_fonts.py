"""Make the fonts of the report: a Latin subset as WOFF2 for the page and TTF for the PNG.

Rule: take the fonts as their makers publish them, keep the letters of Latin names, drop what a
screen does not need, and give the subset a name of its own, since it is a modified version.

Recipe (needs fonttools and brotli):
    npm pack @fontsource/atkinson-hyperlegible @fontsource/literata    # 5.3.0 was used
    tar xzf each of them into a folder of its own
    python tools/subset_fonts.py ATKINSON_FOLDER LITERATA_FOLDER src/evenfall/app/report/fonts
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

# Basic Latin, Latin-1, Latin Extended-A, the commas below of Romanian, and the marks a page uses.
KEPT = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x180),
    *range(0x218, 0x21C),
    *map(ord, "–—‘’‚“”„•…‹›€−"),
]
MADE_S = 3_850_070_400  # 2026-01-01 in seconds since 1904: the same bytes every time
FEATURES = ["kern", "ccmp", "locl", "tnum"]


@dataclass(frozen=True)
class Face:
    """One face: where it comes from and what its subset is called."""

    files: str
    weight: int
    family: str
    style: str
    saved_as: str


FACES = (
    Face("atkinson-hyperlegible", 400, "Evenfall Sans", "Regular", "evenfall-sans-regular"),
    Face("atkinson-hyperlegible", 700, "Evenfall Sans", "Bold", "evenfall-sans-bold"),
    Face("literata", 400, "Evenfall Serif", "Regular", "evenfall-serif-regular"),
)


def _subset(path: Path) -> TTFont:
    options = Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.name_IDs = ["*"]
    options.notdef_outline = True
    font = TTFont(path, recalcTimestamp=False)
    font.flavor = None
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=KEPT)
    subsetter.subset(font)
    return font


def _rename(font: TTFont, face: Face) -> None:
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in (0, 5, 13, 14)]
    for name_id, text in (
        (1, face.family),
        (2, face.style),
        (3, f"{face.family} {face.style}"),
        (4, f"{face.family} {face.style}"),
        (6, f"{face.family} {face.style}".replace(" ", "")),
        (10, f"A Latin subset of {face.files}, weight {face.weight}."),
    ):
        names.setName(text, name_id, 3, 1, 0x409)


def make(face: Face, package: Path, into: Path) -> None:
    """Write one face as TTF and WOFF2."""
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for script in ("latin", "latin-ext"):
            source = package / "files" / f"{face.files}-{script}-{face.weight}-normal.woff2"
            part = Path(folder) / f"{script}.ttf"
            _subset(source).save(part)
            parts.append(str(part))
        font = Merger().merge(parts)
    font.recalcTimestamp = False
    font["head"].created = font["head"].modified = MADE_S
    for tag in ("vhea", "vmtx"):  # nothing here is set vertically
        if tag in font:
            del font[tag]
    _rename(font, face)
    font.flavor = "woff2"
    font.save(into / f"{face.saved_as}.woff2")
    font.flavor = None
    del font["GPOS"]  # a picture sets a dozen words: kerning would weigh as much as their letters
    font.save(into / f"{face.saved_as}.ttf")


def main() -> None:
    """Make every face from the two unpacked packages."""
    atkinson, literata, into = map(Path, sys.argv[1:4])
    for face in FACES:
        make(face, literata if face.files == "literata" else atkinson, into)


if __name__ == "__main__":
    main()
