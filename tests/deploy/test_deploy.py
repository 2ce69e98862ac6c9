"""The image recipe, the compose file and the systemd unit say what the program does.

No container engine runs here, so they are read: each line a home relies on is looked for, and
everything they name must be there.
"""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from evenfall.app.cli import app
from evenfall.app.cli.serve import PORT
from evenfall.app.home import HOME_SETTING

REPOSITORY = Path(__file__).resolve().parents[2]
DEPLOY = REPOSITORY / "deploy"
PAGE = REPOSITORY / "docs" / "howto" / "install-on-a-small-machine.md"

Line = tuple[str, str]
WHOLE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
(COMPOSE,) = WHOLE["services"].values()
UNIT = (DEPLOY / "evenfall.service").read_text(encoding="utf-8")


def recipe(text: str) -> list[list[Line]]:
    """A Containerfile's stages, each a list of its instructions and what follows them."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    whole = re.sub(r"\\\n\s*", "", "\n".join(lines))
    stages: list[list[Line]] = []
    for line in filter(None, whole.splitlines()):
        instruction, _, rest = line.partition(" ")
        if instruction == "FROM":
            stages.append([])
        stages[-1].append((instruction, rest))
    return stages


STAGES = recipe((DEPLOY / "Containerfile").read_text(encoding="utf-8"))
FINAL = STAGES[-1]


def said(instruction: str, stage: list[Line] = FINAL) -> list[str]:
    return [rest for name, rest in stage if name == instruction]


def parsed(words: list[str]) -> None:
    """Take a command of ours apart as the program would.

    Raises:
        Exception: there is no such command or option.
    """
    root: Any = typer.main.get_command(app)
    context = root.make_context("evenfall", list(words))
    name, command, rest = root.resolve_command(context, [*context._protected_args, *context.args])
    command.make_context(name, rest, parent=context)


# --- The image -------------------------------------------------------------------------------


def test_the_image_is_built_from_a_base_by_name_and_from_files_that_are_here() -> None:
    assert [said("FROM", stage)[0].split()[0] for stage in STAGES] == ["python:3-slim"] * 2
    for source in said("COPY", STAGES[0]):
        *files, _ = source.split()
        assert all((REPOSITORY / name).exists() for name in files)
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text(encoding="utf-8").split()
    copied = {name.removeprefix("./") for one in said("COPY", STAGES[0]) for name in one.split()}
    assert {name[1:] for name in ignored if name.startswith("!")} == copied - {"", "."}
    assert "*" in ignored


def test_the_image_runs_as_nobody_special_with_one_folder() -> None:
    names = [name for name, _ in FINAL]
    assert said("USER") == ["evenfall"]
    assert said("VOLUME") == ["/data"]
    assert f"{HOME_SETTING}=/data" in said("ENV")[0].split()
    assert "10001" in said("RUN")[0] and names.index("RUN") < names.index("USER")
    assert not re.search(r"\b(apt|gcc|build-essential|npm|pip)\b", " ".join(said("RUN")))
    assert said("COPY") == ["--from=build /opt/evenfall /opt/evenfall"]


def test_the_image_starts_the_hub_and_asks_whether_it_is_well() -> None:
    command = yaml.safe_load(said("ENTRYPOINT")[0]) + yaml.safe_load(said("CMD")[0])
    assert command[0] == "evenfall"
    parsed(command[1:])
    (health,) = said("HEALTHCHECK")
    words = yaml.safe_load(health[health.index("[") :])
    assert f"http://127.0.0.1:{PORT}/healthz" in words[-1]
    compile(words[-1], "healthcheck", "exec")
    assert said("STOPSIGNAL") == ["SIGINT"]
    assert said("EXPOSE") == [f"{PORT} {PORT + 1}"]


@pytest.mark.parametrize(
    "command",
    [
        yaml.safe_load(said("CMD")[0]),
        COMPOSE["command"],
        shlex.split(re.findall("^ExecStart=(.*)", UNIT, re.MULTILINE)[0])[1:],
    ],
)
def test_whatever_starts_by_itself_is_opened_to_the_house(command: list[str]) -> None:
    """Nobody sits before it: a container's own loopback, and a service's, reach no screen."""
    assert command == ["serve", "--home"]


# --- Compose -----------------------------------------------------------------------------------


def test_compose_gives_one_service_no_more_than_it_needs() -> None:
    service = COMPOSE
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"] and "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == ["home:/data"] and list(WHOLE["volumes"]) == ["home"]
    assert "privileged" not in service and "environment" not in service
    parsed(service["command"])
    build = service["build"]
    assert (DEPLOY / build["context"]).resolve() == REPOSITORY
    assert (REPOSITORY / build["dockerfile"]).is_file()


def test_compose_uses_the_machines_network_and_says_what_to_do_without() -> None:
    """A container of its own network knows neither the machine's name nor its address."""
    assert COMPOSE["network_mode"] == "host" and "ports" not in COMPOSE
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    instead = yaml.safe_load(
        "\n".join(re.findall("^#   ((?:command|ports):.*)", text, re.MULTILINE))
    )
    parsed(instead["command"])
    assert instead["ports"] == [f"{one}:{one}" for one in (PORT, PORT + 1)]


# --- systemd -----------------------------------------------------------------------------------


def unit() -> configparser.ConfigParser:
    read = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read_string(UNIT)
    return read


def test_the_unit_runs_the_hub_as_a_user_of_its_own() -> None:
    service = unit()["Service"]
    words = shlex.split(service["ExecStart"])
    assert words[0] == "/opt/evenfall/bin/evenfall"
    parsed(words[1:])
    assert service["User"] == "evenfall"
    folder = f"/var/lib/{service['StateDirectory']}"
    assert f"{HOME_SETTING}={folder}" in service["Environment"].split()
    assert folder in service["ExecCondition"]
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes" and service["CapabilityBoundingSet"] == ""
    assert service["Restart"] == "always" and service["KillSignal"] == "SIGINT"


def test_the_unit_promises_no_watchdog_that_nobody_feeds() -> None:
    sources = (REPOSITORY / "src").rglob("*.py")
    feeds = any("WATCHDOG=1" in path.read_text(encoding="utf-8") for path in sources)
    assert ("WatchdogSec" in UNIT) <= feeds
    assert ("Type=notify" in UNIT) <= feeds


def test_the_hub_may_see_which_boot_it_is() -> None:
    """Without it every restart would count as a reboot, and a night would never just go on."""
    assert "ProcSubset" not in unit()["Service"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
def test_systemd_understands_every_line(tmp_path: Path) -> None:
    copy = tmp_path / "evenfall.service"
    copy.write_text(UNIT.replace("/opt/evenfall/bin/evenfall", "/bin/true"), encoding="utf-8")
    ran = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(copy)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


# --- What the page says --------------------------------------------------------------------------


def test_the_page_names_every_file_and_says_what_was_not_tried() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in ("Containerfile", "compose.yaml", "evenfall.service"):
        assert f"../../deploy/{name}" in page
    assert "not tried" in page
    assert str(PORT) in page
