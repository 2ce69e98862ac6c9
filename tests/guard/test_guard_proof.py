"""How well the guard's own tests look: every line and branch, and small faults planted in it."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tools import mutate_guard

REPOSITORY = Path(__file__).resolve().parents[2]
MIND = ["tests/guard/test_guard_mind.py"]
ALL = [
    *MIND,
    "tests/guard/test_guard_desk.py",
    "tests/guard/test_guard_small.py",
    "tests/adapters/test_last_look.py",
    "tests/adapters/test_guard_home.py",
    "tests/adapters/test_holding.py",
    "tests/safety/test_safety_rooms.py",
]
OUTSIDE = (
    *(
        f"evenfall.adapters.guard.{one}"
        for one in ("count", "house", "keys", "line", "lock", "notes")
    ),
    "evenfall.adapters.devices.holding",
    "evenfall.adapters.devices.last_look",
    "evenfall.safety.rooms",
)
"""What the guard leans on and nobody else does, beside its own folder."""


def covered(folder: Path, what: list[str], tests: list[str]) -> str:
    """Run tests by themselves, and see that no line and no branch was left out.

    Returns:
        What was said; it fails where anything was left out.
    """
    short = tempfile.mkdtemp(prefix="g-")  # a socket's name may not be long
    command = [
        sys.executable, "-m", "pytest", "-q", "-m", "not prove", "-p", "no:cacheprovider",
        "--basetemp", f"{short}/t", "--cov-branch", "--cov-fail-under=100",
        "--cov-report=term-missing", *(f"--cov={one}" for one in what), *tests,
    ]  # fmt: skip
    environment = {"COVERAGE_FILE": str(folder / "coverage"), "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    shutil.rmtree(short)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_every_line_and_branch_of_the_mind_is_seen_by_its_own_tests(tmp_path: Path) -> None:
    assert "100%" in covered(tmp_path, ["evenfall.guard.mind"], MIND)


@pytest.mark.prove
def test_every_line_and_branch_of_the_guard_is_seen(tmp_path: Path) -> None:
    assert "100%" in covered(tmp_path, ["evenfall.guard", *OUTSIDE], ALL)


@pytest.mark.prove
def test_at_least_95_of_100_small_faults_in_all_of_it_are_seen() -> None:
    """Of its folder and of what it alone leans on, its clocks and sockets too."""
    command = [sys.executable, "tools/mutate_guard.py"]
    ran = subprocess.run(
        command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=3600
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_what_is_mutated_is_what_is_covered() -> None:
    mutated = set(mutate_guard.TESTS)
    folder = REPOSITORY / "src/evenfall/guard"
    inside = {f"evenfall.guard.{one.stem}" for one in folder.glob("[!_]*.py")}
    assert mutated == inside | set(OUTSIDE)


def test_a_planted_fault_is_seen_and_a_sound_mind_is_not_taken_for_one() -> None:
    command = [sys.executable, "tools/mutate_guard.py", "--only", "guard.mind", "--some", "2"]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert "2 mutants" in ran.stdout, ran.stdout + ran.stderr
