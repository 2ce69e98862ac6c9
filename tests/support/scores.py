"""Small scores with everything in them, and programmes made of them."""

from evenfall.compose.compile import compile_score
from evenfall.formats.score import read_score
from evenfall.records.limits import Limits
from evenfall.records.programme import Programme
from evenfall.safety.limits import ADULT, CHILD

SOLO = """\
score: 1
id: small-solo
title: A small solo
evening: immersive
audience: {youngest: 4, sleepers: 1}
scenes:
  arrive:
    kind: settle
    stay: [1 min, 4 min]
    light: {to: 1 lx mEDI, over: 60 s}
    exits:
      - {to: deep, touched: true}
    then: deep
  deep:
    kind: immerse
    stay: [2 min, 10 min]
    light: {to: 0.8 lx mEDI, over: 60 s}
    sound: {play: waves, to: 42 dBA, over: 20 s}
    breather: look-up
    breather_every: 4 min
    exits:
      - {to: hush, asleep_for: 2 min}
      - {to: shore, chosen: left}
    then: shore
  shore:
    kind: immerse
    stay: [1 min, 6 min]
    light: {to: 0.5 lx mEDI, over: 60 s}
    sound: {play: rain, to: 38 dBA, over: 20 s}
    breather: look-up
    breather_every: 5 min
    then: hush
  look-up:
    kind: breather
    stay: [30 s, 90 s]
    light: {to: 0.5 lx mEDI, over: 10 s}
  hush:
    kind: quiet
    stay: [2 min, 5 min]
    sound: {play: brown-noise, to: 28 dBA, over: 30 s}
    then: night
  night:
    kind: quiet
  morning:
    kind: wake
    stay: [30 min, 40 min]
    light: {to: 110 lx mEDI, over: 30 min}
"""

DUET = """\
score: 1
id: small-duet
title: A small duet
evening: immersive
audience: {youngest: 4, sleepers: 2}
scenes:
  both:
    kind: immerse
    stay: [2 min, 12 min]
    light: {to: 1 lx mEDI, over: 60 s}
    sound: {play: waves, to: 42 dBA, over: 20 s}
    breather: look-up
    breather_every: 6 min
    exits:
      - {to: whisper, lights_out: younger}
      - {to: whisper, asleep_for: 3 min, who: younger}
      - {to: hush, asleep_for: 2 min, who: all}
    then: hush
  whisper:
    kind: settle
    stay: [1 min, 15 min]
    light: {to: 0.5 lx mEDI, over: 60 s}
    sound: {play: waves, to: 26 dBA, over: 20 s}
    exits:
      - {to: hush, asleep_for: 2 min, who: elder}
    then: hush
  look-up:
    kind: breather
    stay: [30 s, 90 s]
  hush:
    kind: quiet
    stay: [1 min, 5 min]
    then: night
  night:
    kind: quiet
  morning:
    kind: wake
    stay: [30 min, 40 min]
    light: {to: 110 lx mEDI, over: 30 min}
"""


def programme(
    text: str, *, sleepers: int = 1, limits: Limits = CHILD, night_light_lx_medi: float = 0.0
) -> Programme:
    """Compile a score's text for a room of eight-year-olds."""
    return compile_score(
        read_score(text, "test.yaml"),
        limits=limits,
        sleepers=sleepers,
        youngest_years=8,
        night_light_lx_medi=night_light_lx_medi,
    )


PROGRAMMES = {
    "solo": programme(SOLO),
    "solo with a night light": programme(SOLO, night_light_lx_medi=0.5),
    "duet": programme(DUET, sleepers=2, night_light_lx_medi=0.5),
    "solo for adults": programme(SOLO, limits=ADULT),
}
