"""How fast is the checker? The structural part on 10,000 scenes, the exhaustive one on ours.

    .venv/bin/python benchmarks/check_scores.py

Seconds are this process's own, so that a busy machine counts for less.
"""

from importlib.resources import files
from time import process_time

from evenfall.compose.compile import compile_score
from evenfall.compose.plainly import unsafe_faults
from evenfall.compose.shape import shape_faults
from evenfall.formats.decode import Document
from evenfall.formats.located import Located
from evenfall.formats.score import read_score
from evenfall.records.score import Audience, LightTrack, Scene, Score, SoundTrack
from evenfall.rehearse.check.explore import explore
from evenfall.rehearse.check.prove import judge
from evenfall.safety.limits import CHILD, limits_for

BUILT_IN = ("lamp-and-page", "tidepool", "lighthouse", "two-boats")
SCENES = 10_000


def long_score(scenes: int) -> Document[Score]:
    """A score of many scenes that lead on from one to the next."""
    light = LightTrack(to="0.5 lx mEDI", over="60 s")
    sound = SoundTrack(play="waves", to="30 dBA", over="20 s")
    row = {
        f"s{number}": Scene(
            kind="settle", stay=("0 s", "60 s"), light=light, sound=sound,
            then=f"s{number + 1}" if number + 1 < scenes else "night",
        )
        for number in range(scenes)
    }  # fmt: skip
    score = Score(
        score=1, id="long", title="Long", evening="told", audience=Audience(youngest=1),
        scenes={**row, "night": Scene(kind="quiet")},
    )  # fmt: skip
    return Document(score, Located(None, "long.yaml", {}, {}))


def main() -> None:
    """Measure both."""
    document = long_score(SCENES)
    begun = process_time()
    shape_faults(document)
    unsafe_faults(document, CHILD)
    print(f"structural, {SCENES:,} scenes: {(process_time() - begun) * 1000:.0f} ms\n")
    print(f"{'evening':16}{'states':>9}{'steps':>12}{'s':>7}{'steps/s':>12}{'explored':>12}")
    for name in BUILT_IN:
        text = (files("evenfall.compose") / "scores" / f"{name}.yaml").read_text(encoding="utf-8")
        score = read_score(text, f"{name}.yaml")
        audience = score.record.audience
        programme = compile_score(
            score,
            limits=limits_for(audience.youngest),
            sleepers=audience.sleepers,
            youngest_years=audience.youngest,
        )
        begun = process_time()
        explored = explore(programme)
        reached = process_time() - begun
        proof = judge(explored, document=score)
        spent = process_time() - begun
        steps = proof.transitions
        print(f"{name:16}{proof.states:9,}{steps:12,}{spent:7.2f}{steps / spent:12,.0f}"
              f"{steps / reached:12,.0f}{'' if proof.holds else '  not proven'}")  # fmt: skip


if __name__ == "__main__":
    main()
