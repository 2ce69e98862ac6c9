"""A human scorer's stages as EDF+ annotations: "Sleep stage W", "Sleep stage 2", "Sleep stage N2".

The file gives no sensor, so counts are None and the stages go to `scorer`. The header is checked
against the file's real size before anything is read, since a header can claim any length.
"""

import math
import re
import warnings
from collections.abc import Sequence
from datetime import datetime
from itertools import compress
from pathlib import Path
from typing import NamedTuple

import edfio

from evenfall.adapters.importers import reading
from evenfall.records.recording import Hypnogram, Recording, Stage

NAME = "edf-hypnogram"
DESCRIPTION = "human sleep stages as EDF+ annotations"

EPOCH_S = 30.0
EPOCHS_MAX = 20_160  # seven days; this project's own choice
FIXED_HEADER_BYTES = 256  # EDF: the fixed part of the header, and as much again per signal
SIGNALS_MAX = 512
# A night of stages fills some kilobytes; this project's own choice leaves room for a lab's notes.
ANNOTATION_BYTES_MAX = 8_000_000
_ANNOTATIONS = b"EDF Annotations"

_PREFIX = "sleep stage "
# Rechtschaffen and Kales' 3 and 4 are both the AASM's N3; movement time is no stage.
STAGES: dict[str, Stage | None] = {
    "w": "W",
    "1": "N1",
    "2": "N2",
    "3": "N3",
    "4": "N3",
    "r": "R",
    "n1": "N1",
    "n2": "N2",
    "n3": "N3",
    "n4": "N3",
    "rem": "R",
    "?": None,
}


class _Run(NamedTuple):
    first: int
    epochs: int
    stage: Stage | None
    off_grid: bool


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001 — the content decides
    """Whether the header says version 0 and EDF+."""
    return head.startswith(b"0       ") and head[192:196] == b"EDF+"


def read(path: Path) -> Recording:
    """The scored stages on a 30 s grid from the start of the file.

    Raises:
        RecordingError: if the header lies, or the annotations hold no stages or contradictions.
    """
    _check_header(path)
    annotations, start = _annotations(path)
    runs = [_run(path, annotation) for annotation in annotations if _is_stage(annotation.text)]
    stages = _stages(path, runs)
    moment = reading.plausible_start(path, start, str(start))
    return Recording(
        id=reading.digest(path),
        device="polysomnography, scored by a person",
        format=NAME,
        source=reading.shown_name(path),
        start=moment,
        start_is_known=True,
        epoch_s=EPOCH_S,
        scorer=Hypnogram(
            start=moment,
            epoch_s=EPOCH_S,
            stages=stages,
            source="a human scorer, from polysomnography",
        ),
        blemishes=_blemishes(annotations, runs, stages),
    )


def _check_header(path: Path) -> None:
    with path.open("rb") as file:
        header = file.read(FIXED_HEADER_BYTES)
        signals = _claim(path, header[252:256], SIGNALS_MAX)
        rest = file.read(FIXED_HEADER_BYTES * signals)
    said_bytes = _claim(path, header[184:192], reading.BYTES_MAX)
    records = _claim(path, header[236:244], reading.BYTES_MAX)
    at = 216 * signals  # the fields of every signal that stand before its samples per record
    samples = [
        _claim(path, rest[at + 8 * i : at + 8 * i + 8], reading.BYTES_MAX) for i in range(signals)
    ]
    header_bytes = FIXED_HEADER_BYTES * (signals + 1)
    claimed = header_bytes + 2 * records * sum(samples)
    size = path.stat().st_size
    if claimed != size or said_bytes != header_bytes:
        raise reading.wrong(
            path,
            f"a header that claims {claimed} bytes in a file of {size}",
            "a header that agrees with the file",
            "the file may be cut short: copy it again from where it came",
        )
    noted = [rest[16 * i : 16 * i + 16].strip() == _ANNOTATIONS for i in range(signals)]
    _check_annotations(path, 2 * records * sum(compress(samples, noted)))


def _check_annotations(path: Path, found_bytes: int) -> None:
    if 0 < found_bytes <= ANNOTATION_BYTES_MAX:
        return
    raise reading.wrong(
        path,
        f"{found_bytes} bytes of annotations",
        f"stages as EDF+ annotations, in at most {ANNOTATION_BYTES_MAX} bytes",
        "bring the file that holds the scoring: it is often a separate one",
    )


def _claim(path: Path, field: bytes, most: int) -> int:
    text = field.decode("latin-1").strip()
    if re.fullmatch("[0-9]{1,8}", text) and 1 <= int(text) <= most:
        return int(text)
    raise reading.wrong(
        path,
        f"a header field of {text!r}",
        f"a whole number from 1 to {most}",
        "the header is damaged: copy the file again from where it came",
    )


def _annotations(path: Path) -> tuple[Sequence[edfio.EdfAnnotation], datetime]:
    """What the file's annotations say, in order of onset, and when it began.

    The parser is another project's and may raise anything on a damaged file, so anything it
    raises is the file's fault.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            edf = edfio.read_edf(path)
            annotations = edf.annotations
            start = datetime.combine(edf.startdate, edf.starttime)
    except Exception as error:
        raise reading.wrong(
            path,
            f"an EDF+ file that cannot be read ({str(error)[:80]})",
            "EDF+ with a start date and annotations",
            "copy the file again, or export the hypnogram again as EDF+",
        ) from None
    return annotations, start.replace(microsecond=0)


def _is_stage(text: str) -> bool:
    found = text.strip().lower()
    return found == "movement time" or (
        found.startswith(_PREFIX) and found.removeprefix(_PREFIX) in STAGES
    )


def _run(path: Path, annotation: edfio.EdfAnnotation) -> _Run:
    onset_s = float(annotation.onset)
    # A stage without a duration stands for one epoch.
    duration_s = EPOCH_S if annotation.duration is None else float(annotation.duration)
    limit_s = EPOCHS_MAX * EPOCH_S
    in_range = 0 <= onset_s <= limit_s and 0 <= duration_s <= limit_s
    if not (math.isfinite(onset_s) and math.isfinite(duration_s) and in_range):
        raise reading.wrong(
            path,
            f"a stage at {onset_s:g} s lasting {duration_s:g} s",
            "times within seven days of the start",
            "export the hypnogram again",
        )
    first, end = round(onset_s / EPOCH_S), round((onset_s + duration_s) / EPOCH_S)
    off_grid = bool(onset_s % EPOCH_S or duration_s % EPOCH_S)
    name = annotation.text.strip().lower().removeprefix(_PREFIX)
    return _Run(first, end - first, STAGES.get(name), off_grid)


def _stages(path: Path, runs: Sequence[_Run]) -> tuple[Stage | None, ...]:
    stages: list[Stage | None] = []
    for run in runs:
        if run.first < len(stages):
            raise reading.wrong(
                path,
                f"two stages for the epoch at {run.first * EPOCH_S:g} s",
                "one stage at a time",
                "export the hypnogram again",
            )
        stages.extend([None] * (run.first - len(stages)))
        stages.extend([run.stage] * run.epochs)
        if len(stages) > EPOCHS_MAX:
            raise reading.too_many(path, epochs_max=EPOCHS_MAX)
    if any(stages):
        return tuple(stages)
    raise reading.wrong(
        path,
        "no sleep stage among the annotations",
        'annotations like "Sleep stage W" or "Sleep stage N2"',
        "bring the file that holds the scoring: it is often a separate one",
    )


def _blemishes(
    annotations: Sequence[edfio.EdfAnnotation],
    runs: Sequence[_Run],
    stages: Sequence[Stage | None],
) -> tuple[str, ...]:
    found = ["no time zone in the file: local time, with clock changes unknown"]
    found += reading.duration_blemishes(len(stages), EPOCH_S)
    if unscored := sum(stage is None for stage in stages):
        found.append(f"{unscored} of {len(stages)} epochs were not scored, movement time included")
    texts = [annotation.text.strip().lower() for annotation in annotations]
    if any(text in (f"{_PREFIX}4", f"{_PREFIX}n4") for text in texts):
        found.append("stages 3 and 4 are merged into N3, as the AASM does")
    if any(run.off_grid for run in runs):
        found.append("some stages began off the 30 s grid and were moved to the nearest epoch")
    return tuple(found)
