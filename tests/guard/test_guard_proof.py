"""How well the guard's own tests look: every line and branch, and small faults planted in it."""

import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
MIND = ["tests/guard/test_guard_mind.py"]
ALL = [
    *MIND,
    "tests/guard/test_guard_desk.py",
    "tests/guard/test_guard_small.py",
    "tests/adapters/test_last_look.py",
]


def covered(folder: Path, what: list[str], tests: list[str]) -> str:
    """Run tests by themselves, and see that no line and no branch was left out.

    Returns:
        What was said; it fails where anything was left out.
    """
    command = [
        sys.executable, "-m", "pytest", "-q", "-m", "not prove", "-p", "no:cacheprovider",
        "--basetemp", str(folder / "t"), "--cov-branch", "--cov-fail-under=100",
        "--cov-report=term-missing", *(f"--cov={one}" for one in what), *tests,
    ]  # fmt: skip
    environment = {"COVERAGE_FILE": str(folder / "coverage"), "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def test_every_line_and_branch_of_the_mind_is_seen_by_its_own_tests(tmp_path: Path) -> None:
    assert "100%" in covered(tmp_path, ["evenfall.guard.mind"], MIND)


@pytest.mark.prove
def test_every_line_and_branch_of_the_guard_is_seen(tmp_path: Path) -> None:
    what = ["evenfall.guard", "evenfall.safety.rooms", "evenfall.adapters.devices.last_look"]
    assert "100%" in covered(tmp_path, what, ALL)


@pytest.mark.prove
def test_at_least_95_of_100_small_faults_in_what_it_decides_are_seen() -> None:
    """Of its mind; its desk, with the clocks and sockets, is measured by the same tool."""
    command = [sys.executable, "tools/mutate_guard.py", "--only", "guard.mind"]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_a_planted_fault_is_seen_and_a_sound_mind_is_not_taken_for_one() -> None:
    command = [sys.executable, "tools/mutate_guard.py", "--only", "guard.mind", "--some", "2"]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert "2 mutants" in ran.stdout, ran.stdout + ran.stderr
