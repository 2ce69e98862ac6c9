"""The mutants of the built-in evenings, and why some are objected to by the second verifier alone.

The second verifier takes no steps, so it objects to some programmes that are as safe as before.
Each such mutant is named here, as narrowly as its reason holds.
"""

import re
from collections.abc import Sequence

from tests.support.built_in import built_in, built_in_score, built_in_text

from evenfall.compose.compile import compile_score
from evenfall.formats.decode import Document
from evenfall.formats.score import read_score
from evenfall.records.programme import Programme
from evenfall.records.score import Score
from evenfall.rehearse.mutants import (
    CHECKER,
    VERIFIER,
    Judged,
    Mutant,
    drawn,
    judged_text,
    programme_mutants,
    text_mutants,
)
from evenfall.rehearse.verifier import judge
from evenfall.safety.limits import limits_for

SEED = 20
TEXTS = 40
"""How many mutants of each text are looked at in every state, in `make prove`."""

ONLY_PROVEN = {"modes-lapse"}
"""What no text is read for: a dawn of hours is found by the proof alone, before anything runs."""

Made = tuple[Programme, Mutant]
"""A mutant, after the programme it was made of."""

HARMLESS = {
    r": night then \d+$": "no kernel leaves the night by a way on of its own",
    r": own-room then \d+$": "a breather goes back to what it interrupts, wherever it leads",
    r"(tidepool: pool|lighthouse: stairs|two-boats: river) breather -?\d+$":
        "it is left before its own breather is due; the scene after it breathes at once",
    r"(tidepool: pool|lighthouse: stairs|two-boats: river) breather_every_beats × (2|10)$":
        "the same: the interval of the scene after it is what counts",
    r" breather_every_beats × 0\.5$": "more breathers than before; it counts one that never comes",
    r"(tidepool|two-boats): own-room stay_min_beats × 0\.5$":
        "here a breather comes on a beat alone, so that its one beat is whole",
    r"(tidepool|two-boats): own-room stay_max_beats × 0\.5$": "the same",
    r": own-room stay_max_beats × 2$": "it counts one breather more than comes",
    r"lighthouse: (jetty|two-doors) stay_max_beats × 2$": "the same leaves room for a longer stay",
    r"(tidepool|lighthouse): [a-z-]+ exit \d by anyone's lights-out$":
        "one sleeper's lights-out leads to quiet, whatever an exit says",
    r"two-boats: (moorings|river|wide-water|whisper) exit 0 to [013]$":
        "a light put out leads to quiet where the exit's scene is too much for a sleeper",
    r"two-boats: moorings exit 1 by anyone's lights-out$": "the same",
    r"two-boats: first_quiet_scene is 4$":
        "a whisper fits a sleeper, and the last light put out leads on from it to quiet",
}  # fmt: skip


def mutants_of(name: str) -> list[Made]:
    """Every mutant of a built-in's programme."""
    programme = built_in(name)
    return [(programme, mutant) for mutant in programme_mutants(programme)]


def unsafe_mutants_of(name: str) -> list[Made]:
    """Those that the second verifier objects to."""
    return [one for one in mutants_of(name) if judge(one[1].programme, one[0].limits)]


def reason_for(name: str) -> str:
    """Why a mutant is harmless all the same, or ''."""
    return next((why for known, why in HARMLESS.items() if re.search(known, name)), "")


def sampled(counts: dict[str, int]) -> list[Made]:
    """Some unsafe mutants of each evening, from the seed; those with a reason are left out."""
    return [
        one
        for name, count in counts.items()
        for one in drawn(
            [made for made in unsafe_mutants_of(name) if not reason_for(made[1].name)], count, SEED
        )
    ]


def unexplained(judgements: Sequence[Judged]) -> list[Judged]:
    """Those that the second verifier alone objects to, with no reason known."""
    return [one for one in judgements if one.by == VERIFIER and not reason_for(one.name)]


def no_longer_alone(judgements: Sequence[Judged]) -> list[Judged]:
    """Those with a reason that the checker objects to as well, so that the reason is none."""
    return [one for one in judgements if one.by != VERIFIER and reason_for(one.name)]


# --- Texts -----------------------------------------------------------------------------------


def compiled(document: Document[Score]) -> Programme:
    """A score for the youngest it names; as many as two."""
    audience = document.record.audience
    return compile_score(
        document,
        limits=limits_for(audience.youngest),
        sleepers=min(audience.sleepers, 2),
        youngest_years=audience.youngest,
    )


def of_texts(name: str) -> list[tuple[str, str]]:
    """Every mutant of a built-in's text."""
    text = built_in_text(name)
    return list(text_mutants(name, text, tuple(built_in_score(name).record.scenes)))


def read(text: str) -> Document[Score]:
    return read_score(text, "mutant.yaml")


def texts_let_through(name: str) -> list[Judged]:
    """Of some mutants of a built-in's text, those that compile and that either then objects to."""
    judgements = [
        judged_text(what, text, read, compiled) for what, text in drawn(of_texts(name), TEXTS, SEED)
    ]
    return [
        one
        for one in judgements
        if one.by == VERIFIER or (one.by == CHECKER and set(one.checker) - ONLY_PROVEN)
    ]
