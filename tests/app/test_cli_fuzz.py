"""Whatever a file or a word on the command line holds, it is taken or refused with words.

Every run goes through `main()`: it leaves with 0 or 2 (doctor: 0 or 1), shows no traceback, says
one object with --json, changes no household and leaves nothing half-written behind. Everything
random comes from a seed.
"""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.broken_texts import DEMO, MUTATIONS, SCALARS
from tests.support.command_line import CRASHED, Ran, demo_home, evenfall
from tests.support.recordings import damaged, whole_files
from tests.support.scores import DUET, SOLO

SCORES = (SOLO, DUET)
MAY_BE_THERE = {"household.yaml", "evenfall.db", "reports", "score.yaml", "recording"}

BOMBS = (
    "&a [*a]",
    "&a {k: *a}",
    "a: &a {b: &b {c: *a, d: *b}}",
    "household: 1\nmembers: &m [*m, *m]\n",
    "score: 1\nscenes: &s {a: *s}\n",
    "a: &a\n  <<: *a\n",
    "\n".join(
        ["a0: &a0 x", *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12))]
    ),
    "[" * 5_000,
    "{a: " * 5_000,
    "- " * 5_000,
    "? " * 5_000,
    '"' + "\\n" * 50_000 + '"',
    "!!python/object/apply:os.system [exit]",
    "\ufeff" * 9,
)

WHOLE_EVERY = 11
"""Of so many broken scores one is checked in every state it can reach."""

told: Counter[str] = Counter()
TESTS = 2 * len(MUTATIONS) + 6
"""How many tests here, each parameter counted, run the command line."""


@pytest.fixture(autouse=True)
def _counted() -> None:
    told["tests"] += 1


def written(path: Path, text: str) -> bytes:
    body = text.encode("utf-8", "surrogatepass")
    path.write_bytes(body)
    return body


def taken_or_told(home: Path, *words: str | Path, worst: int = 2) -> Ran:
    """Run a command line; whatever it does, it does as it must."""
    told["runs"] += 1
    household = (home / "household.yaml").read_bytes()
    ran = evenfall("--home", home, *words)
    assert ran.code in (0, worst), ran
    assert "Traceback" not in ran.err and CRASHED not in ran.said
    assert ran.out or ran.err
    if "--json" in words:
        answer = ran.json()
        assert (ran.code == 2) == ("errors" in answer)
        for fault in answer.get("errors", ()):
            assert fault["found"] and fault["expected"] and fault["mend"]
    elif ran.code == 2:
        assert not ran.out and ran.err
    assert (home / "household.yaml").read_bytes() == household
    assert {path.name for path in home.iterdir()} <= MAY_BE_THERE
    told["refused" if ran.code else "taken"] += 1
    return ran


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return demo_home(tmp_path)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.__name__.strip("_"))
def test_broken_scores_are_taken_or_told_by_check(
    home: Path, mutation: Callable[[str, random.Random], str]
) -> None:
    for seed in range(90):
        chance = random.Random(f"{mutation.__name__} {seed}")
        for text in SCORES:
            broken = mutation(text, chance)
            if seed % 3 == 0:
                broken = chance.choice(MUTATIONS)(broken or "a", chance)
            written(home / "score.yaml", broken)
            # Few are looked at in every state: a score that is taken takes a second or more.
            quick = ["--quick"][: seed % WHOLE_EVERY]
            taken_or_told(home, "check", home / "score.yaml", *["--json"][: seed % 2], *quick)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.__name__.strip("_"))
def test_broken_households_are_taken_or_told_by_tonight_and_doctor(
    home: Path, mutation: Callable[[str, random.Random], str]
) -> None:
    for seed in range(120):
        chance = random.Random(f"{mutation.__name__} {seed}")
        broken = mutation(DEMO, chance)
        if seed % 3 == 0:
            broken = chance.choice(MUTATIONS)(broken or "a", chance)
        body = written(home / "household.yaml", broken)
        taken_or_told(home, "tonight", "--date", "2026-11-20", *["--json"][: seed % 4])
        if seed % 6 == 0:
            taken_or_told(home, "doctor", worst=1)
        assert (home / "household.yaml").read_bytes() == body


def test_bombs_are_told_wherever_they_lie(home: Path) -> None:
    for bomb in BOMBS:
        written(home / "score.yaml", bomb)
        assert taken_or_told(home, "check", home / "score.yaml").code == 2
        written(home / "household.yaml", bomb)
        assert taken_or_told(home, "tonight").code == 2
        assert taken_or_told(home, "doctor", worst=1).code == 1
        for command in (["night"], ["night", "--from", home / "score.yaml"]):
            assert taken_or_told(home, *command).code == 2


def graph(chance: random.Random) -> str:
    """A score whose scenes lead anywhere: in circles, to themselves, to breathers, nowhere."""
    names = [f"s{i}" for i in range(chance.randrange(1, 7))]
    kinds = chance.choice([["settle"], ["settle", "immerse", "breather", "quiet", "wake"]])
    lines = ["score: 1", "id: round", "title: Round", "evening: immersive",
             "audience: {youngest: 4, sleepers: 2}", "scenes:"]  # fmt: skip
    for name in names:
        kind = chance.choice(kinds)
        to = [chance.choice([*names, "night"]) for _ in range(3)]
        exits = f"exits: [{{to: {to[0]}, touched: true}}, {{to: {to[1]}, asleep_for: 30 s}}], "
        breather = f"breather: {chance.choice(names)}, breather_every: 4 min, "
        lines.append(
            f"  {name}: {{kind: {kind}, stay: [30 s, {chance.randrange(1, 9)} min], "
            f"{chance.choice([exits, ''])}{breather if kind == 'immerse' else ''}then: {to[2]}}}"
        )
    return "\n".join([*lines, "  night: {kind: quiet}", ""])


def test_scenes_that_lead_in_circles_are_told(home: Path) -> None:
    circles = taken = 0
    for seed in range(600):
        written(home / "score.yaml", graph(random.Random(f"graph {seed}")))
        ran = taken_or_told(home, "check", home / "score.yaml", *["--json"][: seed % 2])
        taken += ran.code == 0
        circles += "come back to where they were" in ran.said
    assert taken > 9 and circles > 50


def test_damaged_recordings_are_taken_or_told_by_import(home: Path, tmp_path: Path) -> None:
    whole = whole_files(tmp_path)
    for seed in range(45):
        for number, content in enumerate(damaged(whole, seed)):
            (home / "recording").write_bytes(content)
            taken_or_told(home, "import", home / "recording", *["--json"][: number % 2])


def test_damaged_recordings_are_taken_or_told_by_night(home: Path, tmp_path: Path) -> None:
    whole = whole_files(tmp_path)
    for seed in range(900, 903):
        for content in damaged(whole, seed):
            (home / "recording").write_bytes(content)
            taken_or_told(home, "night", "--from", home / "recording", "--json")
            assert not list(home.rglob("*.part"))


def test_any_word_on_the_command_line_is_taken_or_told(home: Path) -> None:
    given = [text for text in SCALARS if "\x00" not in text and len(text) < 5_001]
    for number, text in enumerate(given):
        as_json = ["--json"][: number % 2]
        for words in (
            ["why", "--", text],
            ["why", "02:13", f"--night={text}"],
            ["tonight", f"--date={text}"],
            ["tonight", f"--wake=noor={text}", f"--wake={text}"],
            ["tonight", f"--away={text}"],
            ["morning", f"--up=noor={text}"],
            ["morning", f"--date={text}"],
            ["night", f"--resume={text}"],
            ["night", f"--room={text}"],
            ["night", f"--script={text}", f"--seed={number}"],
            ["night", f"--from={text or 'x'}", f"--member={text}"],
            ["check", "--", text],
            ["schema", "--", text],
        ):
            at = words.index("--") if "--" in words else len(words)
            taken_or_told(home, *words[:at], *as_json, *words[at:])


def test_there_were_enough_runs() -> None:
    """Last in the file, since it counts what the others ran."""
    if told["tests"] < TESTS:
        pytest.skip("counted only where the whole file runs in one process")
    assert told["runs"] >= 5_000
    assert told["taken"] > 300
    assert told["refused"] > 2_500
