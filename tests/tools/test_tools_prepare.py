"""The set-up speaks: what it found, what it expected, and the mend."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
UTILITIES = ("sh", "dirname", "cat", "cksum", "rm", "grep", "tail", "mkdir", "cp")

# A Python that only answers what the set-up asks, and keeps a list of the questions.
STAND_IN = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
*version_info\\ \\<*) exit "${TOO_OLD:-0}" ;;
*ensurepip*) exit "${NO_VENV:-0}" ;;
*print*) echo 3.12 ;;
"-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
"-m pip "*) echo "${PIP_SAYS:-}"; exit "${PIP_EXIT:-0}" ;;
-V) echo Python 3.12.0 ;;
esac
"""


class Machine:
    """A machine with a shell, a checkout in a folder with a space, and perhaps a Python."""

    def __init__(self, root: Path) -> None:
        self.checkout = root / "a home"
        self.programs = root / "bin"
        self.calls = root / "calls"
        (self.checkout / "tools").mkdir(parents=True)
        self.programs.mkdir()
        shutil.copy(REPOSITORY / "tools" / "prepare", self.checkout / "tools")
        (self.checkout / "pyproject.toml").write_text("[project]\n")
        for name in UTILITIES:
            found = shutil.which(name)
            assert found
            (self.programs / name).symlink_to(found)

    def add_python(self, name: str = "python3") -> None:
        program = self.programs / name
        program.write_text(STAND_IN)
        program.chmod(0o755)

    def prepare(self, purpose: str = "run", **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.programs / "sh", "tools/prepare", purpose],
            cwd=self.checkout,
            env={"PATH": str(self.programs), "CALLS": str(self.calls), **env},
            capture_output=True,
            text=True,
            check=False,
        )

    def installs(self) -> list[str]:
        return [call for call in self.calls.read_text().splitlines() if call.startswith("-m pip")]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_no_python_names_what_to_install(machine: Machine) -> None:
    done = machine.prepare()
    assert done.returncode == 1
    assert "No Python 3.11 or newer was found" in done.stderr
    assert "apt install python3" in done.stderr


def test_an_old_python_is_not_taken(machine: Machine) -> None:
    machine.add_python()
    done = machine.prepare(TOO_OLD="1")
    assert done.returncode == 1
    assert "No Python 3.11 or newer was found" in done.stderr


def test_a_name_that_leads_nowhere_is_passed_over(machine: Machine) -> None:
    dead = machine.programs / "python3.13"
    dead.write_text("#!/bin/sh\nexit 127\n")
    dead.chmod(0o755)
    machine.add_python("python3.11")
    assert machine.prepare().returncode == 0


def test_a_missing_venv_module_names_the_package(machine: Machine) -> None:
    machine.add_python()
    done = machine.prepare(NO_VENV="1")
    assert done.returncode == 1
    assert "sudo apt install python3.12-venv" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        "Failed to establish a new connection: [Errno -3] Temporary failure in name resolution",
        "Failed to establish a new connection: [Errno 111] Connection refused",
        "[Errno 8] nodename nor servname provided, or not known",
        "Network is unreachable",
        "Could not find a version that satisfies the requirement hatchling (from versions: none)",
    ],
)
def test_no_network_is_said(machine: Machine, words: str) -> None:
    machine.add_python()
    done = machine.prepare(PIP_SAYS=words, PIP_EXIT="1")
    assert done.returncode == 1
    assert "The package index could not be reached" in done.stderr


@pytest.mark.parametrize(
    "words",
    ["no space left on device", "see https://pip.pypa.io/en/latest/topics/dependency-resolution/"],
)
def test_any_other_failure_shows_the_last_words_of_pip(machine: Machine, words: str) -> None:
    machine.add_python()
    done = machine.prepare(PIP_SAYS=words, PIP_EXIT="1")
    assert done.returncode == 1
    assert words in done.stderr
    assert "could not be reached" not in done.stderr


def test_a_failed_set_up_is_tried_again(machine: Machine) -> None:
    machine.add_python()
    machine.prepare(PIP_EXIT="1")
    assert machine.prepare().returncode == 0
    assert len(machine.installs()) == 2


def test_the_second_run_does_nothing(machine: Machine) -> None:
    machine.add_python()
    assert machine.prepare().returncode == 0
    again = machine.prepare()
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert len(machine.installs()) == 1


def test_running_needs_no_test_tools_and_testing_brings_both(machine: Machine) -> None:
    machine.add_python()
    machine.prepare("run")
    machine.prepare("test")
    machine.prepare("run")
    assert [call.rsplit(maxsplit=1)[-1] for call in machine.installs()] == [".", ".[test]"]


def test_a_changed_pyproject_installs_again(machine: Machine) -> None:
    machine.add_python()
    machine.prepare()
    (machine.checkout / "pyproject.toml").write_text("[project]\nname = 'changed'\n")
    machine.prepare()
    assert len(machine.installs()) == 2


def test_a_moved_folder_is_set_up_anew(machine: Machine) -> None:
    machine.add_python()
    machine.prepare()
    machine.checkout = machine.checkout.rename(machine.checkout.with_name("another home"))
    machine.prepare()
    venvs = [call for call in machine.calls.read_text().splitlines() if "venv .venv" in call]
    assert len(venvs) == 2


@pytest.mark.skipif(not shutil.which("make"), reason="make is not on the PATH")
def test_make_without_a_target_lists_every_target() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory"],
        cwd=REPOSITORY,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    for target in ("tonight", "test", "prove", "clean", "help"):
        assert f"make {target}\t" in done.stdout
