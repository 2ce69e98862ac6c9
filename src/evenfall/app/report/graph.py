"""A score as a picture: its scenes as boxes, its ways on as arrows, and the way to a failure drawn.

Rule: time goes down the sheet, in the order the scenes can be reached; what failed is the ember
colour and says so in words, so that nothing is told by colour alone.
"""

from collections.abc import Sequence
from itertools import pairwise

from evenfall.app.report.bands import SANS, Sheet, caption, gap, heading, stack
from evenfall.app.report.palette import DAWN
from evenfall.app.report.svg import XMLNS, clipped, element, kept, said
from evenfall.records.programme import BEAT_S, Programme, ProgrammeScene
from evenfall.records.proof import Finding

SHEET = Sheet(width=720, left=40, right=30, size=15, palette=DAWN)
BOX_WIDTH, BOX_HEIGHT, ROW, LEFT = 270.0, 46.0, 78.0, 190.0
"""This project's own choice: six scenes fit a phone held upright."""

_KINDS = {"settle": "arriving", "immerse": "a dreamscape", "breather": "real life",
          "quiet": "quiet", "wake": "the dawn"}  # fmt: skip


def graph_svg(programme: Programme, findings: Sequence[Finding]) -> str:
    """Draw a programme's graph with the way to the first thing found.

    Args:
        programme: whose scenes are drawn.
        findings: what was found; without any the graph alone is drawn.

    Returns:
        An SVG document, 720 units wide.
    """
    way = [step.scene for step in findings[0].path] if findings else []
    subtitle = "proven in every state it can reach" if not findings else "the way to what was found"
    bands = [heading(SHEET, programme.title, subtitle)]
    if findings:
        story = findings[0].story.replace("*", "")
        bands += [caption(SHEET, story, lines_max=5), gap(SHEET, 0.5)]
    top = stack(bands)
    rows = {scene.id: number for number, scene in enumerate(programme.scenes)}
    walked = _walked(way)
    named = {
        (scene.id, programme.scenes[to].id): label
        for scene in programme.scenes
        for to, label in _ways(scene)
    }
    # A way that no score has written is the house's own: a light out, a pause over, a gap.
    ways = {**dict.fromkeys(sorted(walked - named.keys()), "at once"), **named}
    arrows = [
        _arrow(rows[here], rows[there], label, (here, there) in walked)
        for (here, there), label in sorted(ways.items(), key=lambda way: way[0] in walked)
    ]
    boxes = [_box(number, scene, scene.id in way, way[-1:] == [scene.id])
             for number, scene in enumerate(programme.scenes)]  # fmt: skip
    height = top.height + ROW * len(rows) + 20
    drawn = element("g", *arrows, *boxes, transform=f"translate(0 {top.height:.2f})")
    about = findings[0].story if findings else f"The scenes of {programme.title}."
    return (
        f'<svg{XMLNS} width="{SHEET.width:g}" height="{height:.0f}" '
        f'viewBox="0 0 {SHEET.width:g} {height:.0f}" role="img">'
        + element("title", kept(programme.title))
        + element("desc", kept(about))
        + element("rect", width=SHEET.width, height=height, fill=SHEET.palette.ground)
        + top.markup
        + drawn
        + "</svg>\n"
    )


def _walked(way: Sequence[str]) -> set[tuple[str, str]]:
    return {(here, there) for here, there in pairwise(way) if here != there}


def _ways(scene: ProgrammeScene) -> list[tuple[int, str]]:
    """Every way on from a scene, once each, with what opens it."""
    ways: dict[int, str] = {}
    for way in scene.exits:
        opened = "asleep" if way.watch >= 0 else "lights out" if way.lights_out else "touched"
        ways.setdefault(way.to, way.chosen or opened)
    if scene.then >= 0:
        ways.setdefault(scene.then, "then")
    if scene.breather >= 0:
        ways.setdefault(scene.breather, "breather")
    return list(ways.items())


def _box(row: int, scene: ProgrammeScene, on_way: bool, is_last: bool) -> str:
    palette = SHEET.palette
    y = row * ROW
    box = element(
        "rect", x=LEFT, y=y, width=BOX_WIDTH, height=BOX_HEIGHT, rx=10.0,
        fill=palette.glow if is_last else palette.card,
        stroke=palette.accent if on_way else palette.line, stroke_width=2.5 if on_way else 1.0,
    )  # fmt: skip
    stay = f"{scene.stay_max_beats * BEAT_S / 60:g} min at most" if scene.stay_max_beats else ""
    about = ", ".join(word for word in (_KINDS.get(scene.kind, scene.kind), stay) if word)
    return (
        box
        + _text(clipped(scene.id, 28), LEFT + 14, y + 19, palette.ink)
        + _text(("found here · " if is_last else "") + about, LEFT + 14, y + 38, palette.soft, 12.5)
    )


def _arrow(start: int, end: int, label: str, walked: bool) -> str:
    """A way on: straight down to the next scene, around the side to any other."""
    palette = SHEET.palette
    colour, width = (palette.accent, 3.0) if walked else (palette.still, 1.4)
    middle = LEFT + BOX_WIDTH / 2
    if end == start + 1:
        y_from, y_to = start * ROW + BOX_HEIGHT, end * ROW
        path, x, y = f"M{middle:g} {y_from:g}V{y_to - 6:g}", middle + 8, (y_from + y_to) / 2 + 4
        head = f"M{middle - 5:g} {y_to - 8:g}L{middle:g} {y_to:g}L{middle + 5:g} {y_to - 8:g}Z"
    else:
        # Ahead on the right, back on the left, each length with a lane of its own.
        side = 1 if end > start else -1
        edge = LEFT + BOX_WIDTH if side > 0 else LEFT
        lane = edge + side * (24 + 22 * min(abs(end - start), 6))
        y_from, y_to = start * ROW + BOX_HEIGHT * 0.7, end * ROW + BOX_HEIGHT * 0.3
        tip = edge + side * 8
        path = f"M{edge:g} {y_from:g}C{lane:g} {y_from:g} {lane:g} {y_to:g} {tip:g} {y_to:g}"
        head = f"M{tip:g} {y_to - 5:g}L{edge:g} {y_to:g}L{tip:g} {y_to + 5:g}Z"
        x, y = edge + (lane - edge) * 0.75 + side * 7, (y_from + y_to) / 2 + 4
    anchor = "start" if x > LEFT else "end"
    line = element("path", d=path, fill="none", stroke=colour, stroke_width=width)
    word = _text(clipped(label, 14), x, y, palette.soft, 11.5, anchor)
    return line + element("path", d=head, fill=colour) + word


def _text(
    text: str, x: float, y: float, colour: str, size: float = 15.0, anchor: str = "start"
) -> str:
    return element(
        "text", said(text), x=x, y=y, fill=colour, font_family=SANS, font_size=size,
        text_anchor=anchor,
    )  # fmt: skip
