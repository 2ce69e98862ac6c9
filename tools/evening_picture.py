"""A long evening drawn and told: its timeline as a picture, its events as a table."""

from collections.abc import Iterator, Sequence
from html import escape

from evening_story import FULL, Done, Sample, Verdict

WIDTH, LEFT, RIGHT = 1200, 150, 30
GROUND, TEXT, EMBER, QUIET = "#0b0706", "#e8cdb0", "#e2703a", "#6d4a35"
LANES = (("lamp", 90), ("page’s ember", 70), ("page’s sound", 70), ("page shows", 34), ("hub", 34))
GAP, TOP, BELOW = 26, 60, 190


def picture(samples: Sequence[Sample], done: Sequence[Done], length_s: float, title: str) -> str:
    """The evening as an SVG.

    Args:
        samples: what was seen, in order.
        done: what happened.
        length_s: how long it was.
        title: said above it.
    """
    height = TOP + sum(tall + GAP for _, tall in LANES) + BELOW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="13" fill="{TEXT}">',
        f'<rect width="{WIDTH}" height="{height}" fill="{GROUND}"/>',
        f'<text x="{LEFT}" y="34" font-size="18">{escape(title)}</text>',
        *_lanes(samples, length_s),
        *_events(done, length_s),
        *_minutes(length_s),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(at_s: float, length_s: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * min(max(at_s / length_s, 0.0), 1.0)


def _lane_tops() -> list[int]:
    tops, top = [], TOP
    for _, tall in LANES:
        tops.append(top)
        top += tall + GAP
    return tops


def base_of_lanes() -> int:
    """Where the lowest lane ends."""
    return _lane_tops()[-1] + LANES[-1][1]


def _lanes(samples: Sequence[Sample], length_s: float) -> Iterator[str]:
    tops = _lane_tops()
    lines = (
        [(one.at_s, None if one.lamp is None else float(one.lamp)) for one in samples],
        [(one.at_s, _of_page(one, "ember")) for one in samples],
        [(one.at_s, _of_page(one, "rms")) for one in samples],
    )
    for (name, tall), top, line in zip(LANES, tops, lines, strict=False):
        peak = max((value for _, value in line if value is not None), default=0.0) or 1.0
        said = f"{name}, to {round(peak)} of {FULL}" if name == "lamp" else name
        yield _named(said, top, tall)
        drawn = [(at_s, None if value is None else value / peak) for at_s, value in line]
        yield _curve(drawn, top, tall, length_s)
    faces = [(one.at_s, _face(one)) for one in samples]
    hub = [(one.at_s, "gone" if one.hub is None else str(one.hub["scene"])) for one in samples]
    for (name, tall), top, bands in zip(LANES[3:], tops[3:], (faces, hub), strict=True):
        yield _named(name, top, tall)
        yield from _bands(bands, top, tall, length_s)


def _face(sample: Sample) -> str:
    if sample.page is None:
        return "?"
    return str(sample.page["face"]) if sample.page.get("ticked", 1) else "frozen"


def _of_page(sample: Sample, name: str) -> float | None:
    return None if sample.page is None else float(sample.page[name])


def _named(name: str, top: int, tall: int) -> str:
    base = top + tall
    return (
        f'<text x="{LEFT - 12}" y="{top + tall / 2 + 5}" text-anchor="end">{escape(name)}</text>'
        f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}" stroke="{QUIET}"/>'
    )


def _curve(line: Sequence[tuple[float, float | None]], top: int, tall: int, length_s: float) -> str:
    """A curve, broken where nothing was known."""
    runs: list[list[str]] = [[]]
    for at_s, value in line:
        if value is None:
            runs.append([])
        else:
            runs[-1].append(f"{_x(at_s, length_s):.1f},{top + tall * (1 - value):.1f}")
    style = f'fill="none" stroke="{EMBER}" stroke-width="1.6"'
    return "".join(f'<polyline points="{" ".join(run)}" {style}/>' for run in runs if run)


def _bands(
    bands: Sequence[tuple[float, str]], top: int, tall: int, length_s: float
) -> Iterator[str]:
    starts = [i for i, (_, name) in enumerate(bands) if i == 0 or bands[i - 1][1] != name]
    for number, start in enumerate(starts):
        at_s, name = bands[start]
        ends_s = bands[starts[number + 1]][0] if number + 1 < len(starts) else length_s
        x, wide = _x(at_s, length_s), _x(ends_s, length_s) - _x(at_s, length_s)
        shade = GROUND if name in ("gone", "frozen", "?") else "#2a1710"
        yield (
            f'<rect x="{x:.1f}" y="{top}" width="{wide:.1f}" height="{tall}" fill="{shade}" '
            f'stroke="{QUIET}"><title>{escape(name)}</title></rect>'
        )
        if wide > 7.5 * len(name):
            middle = f'x="{x + wide / 2:.1f}" y="{top + 22}" text-anchor="middle"'
            yield f"<text {middle}>{escape(name)}</text>"


def _events(done: Sequence[Done], length_s: float) -> Iterator[str]:
    base = base_of_lanes()
    for one in done[:-1]:  # the last is the end of the picture
        x = _x(one.at_s, length_s)
        yield (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 8}" y2="{base + 30}" stroke="{TEXT}" '
            f'stroke-dasharray="2 4" opacity="0.7"/>'
            f'<text transform="translate({x + 4:.1f} {base + 40}) rotate(28)" font-size="12">'
            f"{escape(one.event.name)}</text>"
        )


def _minutes(length_s: float) -> Iterator[str]:
    yield f'<text x="{LEFT - 12}" y="{base_of_lanes() + 18}" text-anchor="end">minute</text>'
    every_min = 5 if length_s > 900 else 1
    base = base_of_lanes()
    for minute in range(0, int(length_s // 60) + 1, every_min):
        x = _x(minute * 60, length_s)
        yield f'<text x="{x:.1f}" y="{base + 18}" text-anchor="middle">{minute}</text>'


def table(verdicts: Sequence[Verdict], done: Sequence[Done]) -> str:
    """Every expectation as a row of a Markdown table, under what it follows."""
    at = {one.event.do: one for one in done}
    rows = ["| minute | what happened | what had to come of it | bound | measured | |"]
    rows.append("| --- | --- | --- | --- | --- | --- |")
    for one in verdicts:
        cause = at.get(one.expectation.after)
        minute = "" if cause is None else f"{int(cause.at_s // 60)}:{int(cause.at_s % 60):02d}"
        name = one.expectation.after if cause is None else cause.event.name
        rows.append(
            f"| {minute} | {name} | {one.expectation.what} | {_bound(one)} | {_measured(one)} | "
            f"{'held' if one.held else f'**failed**: {one.why}'} |"
        )
    return "\n".join(rows) + "\n"


def _bound(verdict: Verdict) -> str:
    expectation = verdict.expectation
    return "all the while" if expectation.stays else f"{expectation.within_s:g} s"


def _measured(verdict: Verdict) -> str:
    if verdict.after_s is None:
        return "–"
    if verdict.expectation.stays:
        return (
            f"{verdict.after_s / 60:.1f} min" if verdict.held else f"until {verdict.after_s:.0f} s"
        )
    return f"{verdict.after_s:.1f} s"
