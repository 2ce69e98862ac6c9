"""The fold, and its replay from a log: what was changed, lost or written by another is noticed."""

import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.support.generated import walks
from tests.support.scores import PROGRAMMES, SOLO, programme

from evenfall.play.fold import (
    BODY_VERSION,
    LogMismatchError,
    digest,
    event_of,
    fold,
    programme_hash,
    replay,
    since_restart,
)
from evenfall.play.step import KERNEL_VERSION, begin, step
from evenfall.records.night import (
    AnyEvent,
    Beat,
    Begin,
    Choice,
    LightsOut,
    LogRow,
    NightState,
    Restarted,
    Touch,
)
from evenfall.records.programme import Programme

SMALL = PROGRAMMES["solo"]
EVENING: list[AnyEvent] = [Begin(), Touch(), Beat((3,)), Choice("left"), Beat(), LightsOut()]


def rows_of(
    compiled: Programme, events: Sequence[AnyEvent], kernel: str = KERNEL_VERSION
) -> list[LogRow]:
    """The rows a night writes for these events."""
    rows, state = [], begin(compiled)
    for seq, event in enumerate(events):
        state = step(compiled, state, event).state
        rows.append(
            LogRow(
                night="2026-11-20-nest-1",
                seq=seq,
                beat=seq,
                wall_utc=datetime(2026, 11, 20, 18, 0, tzinfo=UTC),
                boot_id="boot",
                writer_epoch=1,
                kind=type(event).__name__.lower(),
                body_version=BODY_VERSION,
                body=msgspec.json.encode(event),
                programme_hash=programme_hash(compiled),
                kernel_version=kernel,
                digest=digest(state),
            )
        )
    return rows


ROWS = rows_of(SMALL, EVENING)


def mismatch(rows: Sequence[LogRow]) -> LogMismatchError:
    with pytest.raises(LogMismatchError) as raised:
        list(replay(SMALL, rows))
    return raised.value


@given(st.sampled_from(list(PROGRAMMES.values())), st.data())
@pytest.mark.safety("H-09")
def test_a_replay_is_the_fold_of_the_same_events(compiled: Programme, data: st.DataObject) -> None:
    events = data.draw(walks(compiled))
    taken = [step for _, step in replay(compiled, rows_of(compiled, events))]
    assert [one.state for one in taken] == [
        fold(compiled, events[: i + 1]) for i in range(len(events))
    ]


def test_a_row_gives_back_its_event_and_its_step() -> None:
    replayed = list(replay(SMALL, ROWS))
    assert [row for row, _ in replayed] == ROWS
    assert [event_of(row) for row in ROWS] == EVENING
    assert [reason.rule for _, taken in replayed for reason in taken.reasons] == [
        "begin",
        "touched",
        "chosen",
        "lights_out",
    ]


@pytest.mark.safety("H-09")
def test_a_changed_row_is_noticed_where_it_stands() -> None:
    changed = [*ROWS[:1], replace(ROWS[1], body=msgspec.json.encode(Beat())), *ROWS[2:]]
    found = mismatch(changed)
    assert found.why == "the state after row 1 is not the one it names"
    assert found.last_good == 1


@pytest.mark.safety("H-09")
def test_another_digest_is_noticed() -> None:
    found = mismatch([replace(ROWS[0], digest="0" * 16)])
    assert "the state after row 0" in found.why


@pytest.mark.safety("H-09")
@pytest.mark.parametrize("gone", [0, 1, 4])
def test_a_missing_row_is_noticed(gone: int) -> None:
    found = mismatch(ROWS[:gone] + ROWS[gone + 1 :])
    assert found.why == f"row {gone} is missing: row {gone + 1} follows"
    assert found.last_good == gone


@pytest.mark.safety("H-09")
def test_a_row_that_stands_twice_is_noticed() -> None:
    assert mismatch([*ROWS[:2], *ROWS[1:]]).why == "row 2 is missing: row 1 follows"


@pytest.mark.safety("H-09")
def test_another_kernels_row_is_not_taken_for_ones_own() -> None:
    found = mismatch([*ROWS[:3], *rows_of(SMALL, EVENING, kernel="0")[3:]])
    assert "row 3 was written by kernel 0, and this is kernel" in found.why
    assert found.last_good == 3


@pytest.mark.safety("H-09")
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"{}",
        b'{"kind":"dance"}',
        b'{"kind":"choice"}',
        b'{"kind":"beatsmissed","beats":0}',
        b'{"kind":"beat","stages":[-1]}',
        b'{"kind":"choice","option":"\xff"}',
    ],
)
def test_a_body_nobody_can_read_is_a_mismatch_and_no_crash(body: bytes) -> None:
    watching = fold(SMALL, EVENING[:2])
    assert watching.scene == 1
    found = mismatch([*ROWS[:2], replace(ROWS[2], body=body)])
    assert found.why.startswith("row 2 cannot be read: ")
    assert found.last_good == 2


def test_rows_before_the_mismatch_are_given_first() -> None:
    rows = replay(SMALL, [*ROWS[:2], replace(ROWS[2], digest="?")])
    assert [next(rows)[0].seq, next(rows)[0].seq] == [0, 1]
    with pytest.raises(LogMismatchError):
        next(rows)


def restarted_night() -> list[LogRow]:
    """Two beginnings: what was before the restart cannot be trusted, and was changed."""
    events: list[AnyEvent] = [*EVENING, Restarted("the programme is another one"), Touch(), Beat()]
    rows = rows_of(SMALL, events)
    return [replace(row, digest="lost") for row in rows[:6]] + rows[6:]


@pytest.mark.safety("H-09")
def test_what_follows_a_restart_stands_on_its_own() -> None:
    segment = since_restart(restarted_night())
    assert [row.kind for row in segment] == ["restarted", "touch", "beat"]
    *_, (_, last) = replay(SMALL, segment)
    assert last.state == fold(SMALL, [Restarted("anything"), Touch(), Beat()])
    assert last.setpoints == SMALL.glow


def test_a_restarts_rows_are_numbered_on_from_it() -> None:
    segment = list(since_restart(restarted_night()))
    assert mismatch([segment[0], segment[2]]).why == "row 7 is missing: row 8 follows"


def test_the_last_restart_is_the_one_that_counts() -> None:
    rows = rows_of(SMALL, [Begin(), Restarted("a"), Touch(), Restarted("b"), Beat()])
    assert [row.seq for row in since_restart(rows)] == [3, 4]
    assert since_restart(ROWS) == ROWS
    assert since_restart([]) == []


def test_a_digest_stands_for_every_field_of_a_state() -> None:
    state = NightState(watch_beats=(0, 0))
    others = [
        replace(state, **{name: (0, 1) if name == "watch_beats" else 3})
        for name in NightState.__struct_fields__
        if name != "mode"
    ]
    digests = {digest(one) for one in [state, replace(state, mode=1), *others]}
    assert len(digests) == len(NightState.__struct_fields__) + 1
    assert all(len(one) == 16 for one in digests)


def other_values(compiled: Programme) -> list[Programme]:
    """The same programme with each of its fields changed, one at a time."""
    first = compiled.scenes[0]
    scenes = [
        (replace(first, **{name: _other(getattr(first, name))}), *compiled.scenes[1:])
        for name in type(first).__struct_fields__
    ]
    limits = [
        replace(compiled.limits, **{name: 0.5}) for name in type(compiled.limits).__struct_fields__
    ]
    plain = [
        replace(compiled, **{name: _other(getattr(compiled, name))})
        for name in Programme.__struct_fields__
        if name not in ("scenes", "limits")
    ]
    return [
        *plain,
        *(replace(compiled, scenes=one) for one in scenes),
        *(replace(compiled, limits=one) for one in limits),
    ]


def _other(value: object) -> object:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return value + "!"
    assert isinstance(value, tuple)
    return (*value, value[0]) if value else ("said",)


@pytest.mark.safety("H-09")
def test_a_programmes_name_changes_with_anything_in_it() -> None:
    names = [programme_hash(one) for one in [SMALL, *other_values(SMALL)]]
    assert len(set(names)) == len(names) > 30
    assert all(len(name) == 32 for name in names)


def test_a_programmes_name_is_the_same_wherever_it_is_made() -> None:
    """In another process too, whose hashes are seeded otherwise."""
    code = (
        "from tests.support.scores import PROGRAMMES\n"
        "from evenfall.play.fold import programme_hash\n"
        "print(programme_hash(PROGRAMMES['solo']))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONHASHSEED": "7", "PYTHONPATH": ":".join(sys.path)},
    )
    assert other.stdout.strip() == programme_hash(SMALL) == programme_hash(programme(SOLO))
