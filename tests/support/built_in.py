"""The built-in evenings, compiled for those they name."""

from importlib.resources import files

from evenfall.compose.compile import compile_score
from evenfall.formats.decode import Document
from evenfall.formats.score import read_score
from evenfall.records.programme import Programme
from evenfall.records.score import Score
from evenfall.safety.limits import limits_for

BUILT_IN = ("lamp-and-page", "tidepool", "lighthouse", "two-boats")


def built_in_text(name: str) -> str:
    """The text of a built-in evening."""
    return (files("evenfall.compose") / "scores" / f"{name}.yaml").read_text(encoding="utf-8")


def built_in_score(name: str) -> Document[Score]:
    """The score of a built-in evening."""
    return read_score(built_in_text(name), f"{name}.yaml")


def built_in(name: str, *, night_light_lx_medi: float = 0.0) -> Programme:
    """A built-in evening for the youngest it is for, and as many as two."""
    document = built_in_score(name)
    audience = document.record.audience
    return compile_score(
        document,
        limits=limits_for(audience.youngest),
        sleepers=min(audience.sleepers, 2),
        youngest_years=audience.youngest,
        night_light_lx_medi=night_light_lx_medi,
    )
