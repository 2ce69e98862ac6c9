"""A real Home Assistant for tests, with its demo lights and players, on loopback.

It needs an environment of its own, made once (some 700 MB; its first start fetches a little
more, later ones nothing):

    python3 -m venv .venv-homeassistant
    .venv-homeassistant/bin/pip install "homeassistant==2024.3.3" "josepy<2"

EVENFALL_HOMEASSISTANT may name another environment's python.
"""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

REPOSITORY = Path(__file__).resolve().parents[2]
BLUEPRINT = REPOSITORY / "docs" / "blueprints" / "evenfall-heartbeat.yaml"
UP_WITHIN_S = 180.0

MAKE_IT = (
    "python3 -m venv .venv-homeassistant && .venv-homeassistant/bin/pip install "
    '"homeassistant==2024.3.3" "josepy<2"'
)

_CONFIGURATION = """
homeassistant:
  name: Trial
  latitude: 0
  longitude: 0
  time_zone: UTC
http:
  server_host: 127.0.0.1
  server_port: {port}
api:
onboarding:
config:
automation: !include automations.yaml
demo:
input_button:
  evenfall_stop:
    name: Evenfall stop
"""


@dataclass(frozen=True)
class RunningHomeAssistant:
    """A Home Assistant that is up, and a token of its only user."""

    url: str
    token: str

    def state(self, entity_id: str) -> dict[str, Any]:
        """An entity's state, as anyone else would read it."""
        reply = self._asked("GET", f"/api/states/{entity_id}")
        return dict(reply.json())

    def call(self, service: str, **data: object) -> None:
        """Do something as the family would, past Evenfall."""
        self._asked("POST", f"/api/services/{service}", data)

    def set_state(self, entity_id: str, state: str) -> None:
        """Say something of an entity, as an integration whose device has gone would."""
        attributes = self.state(entity_id)["attributes"]
        body = {"state": state, "attributes": attributes}
        self._asked("POST", f"/api/states/{entity_id}", body)

    def add_automation(self, key: str, automation: dict[str, object]) -> None:
        """Keep an automation, as the editor in the browser does."""
        self._asked("POST", f"/api/config/automation/config/{key}", automation)

    def remove_automation(self, key: str) -> None:
        """Remove it."""
        self._asked("DELETE", f"/api/config/automation/config/{key}")

    def _asked(self, method: str, path: str, body: object = None) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"}
        reply = httpx.request(method, self.url + path, json=body, headers=headers, timeout=20.0)
        reply.raise_for_status()
        return reply


@pytest.fixture(scope="session")
def home_assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHomeAssistant]:
    """A Home Assistant for the whole session; skipped, saying how to have one, where it is not."""
    python = home_assistant_python()
    if not python.exists():
        pytest.skip(f"no Home Assistant at {python}; make one with: {MAKE_IT}")
    with running_home_assistant(python, tmp_path_factory.mktemp("homeassistant")) as home:
        yield home


@contextmanager
def running_home_assistant(python: Path, folder: Path) -> Iterator[RunningHomeAssistant]:
    """One that is up for as long as it is needed, and keeps what it keeps in a folder."""
    port = free_port()
    _configure(folder, port)
    log = (folder / "said.txt").open("wb")
    running = subprocess.Popen(
        [python, "-m", "homeassistant", "--config", folder], stdout=log, stderr=log
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_up(url, running, folder)
        home = RunningHomeAssistant(url, _token(url))
        _wait_until_furnished(home)
        yield home
    finally:
        running.terminate()
        try:
            running.wait(20)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
        log.close()


def home_assistant_python() -> Path:
    """Where Home Assistant's own environment is, or would be."""
    own = REPOSITORY / ".venv-homeassistant" / "bin" / "python"
    return Path(os.environ.get("EVENFALL_HOMEASSISTANT", own))


def _configure(folder: Path, port: int) -> None:
    (folder / "configuration.yaml").write_text(_CONFIGURATION.format(port=port))
    (folder / "automations.yaml").write_text("[]\n")
    blueprints = folder / "blueprints" / "automation" / "evenfall"
    blueprints.mkdir(parents=True)
    for one in BLUEPRINT.parent.glob("*.yaml"):
        shutil.copy(one, blueprints)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_until_up(url: str, running: "subprocess.Popen[bytes]", folder: Path) -> None:
    ends_s = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < ends_s and running.poll() is None:
        try:
            if httpx.get(f"{url}/api/onboarding", timeout=2.0).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.25)
    said = (folder / "said.txt").read_text(errors="replace")[-2000:]
    pytest.fail(f"Home Assistant did not come up:\n{said}")


def _wait_until_furnished(home: RunningHomeAssistant) -> None:
    """The demo's lights come a while after the door opens, at a first start above all."""
    ends_s = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < ends_s:
        try:
            home.state("light.bed_light")
            return
        except httpx.HTTPError:
            time.sleep(0.5)
    pytest.fail("Home Assistant came up without its demo lights")


def _token(url: str) -> str:
    client = f"{url}/"
    user = {"name": "Trial", "username": "trial", "password": "only-a-trial", "language": "en"}
    made = httpx.post(f"{url}/api/onboarding/users", json=user | {"client_id": client})
    made.raise_for_status()
    code = {"grant_type": "authorization_code", "code": made.json()["auth_code"]}
    granted = httpx.post(f"{url}/auth/token", data=code | {"client_id": client})
    granted.raise_for_status()
    return _long_lived(url, str(granted.json()["access_token"]))


def _long_lived(url: str, access_token: str) -> str:
    """A token as a family makes one under their profile: what signing in gives ends in 30 min."""
    with connect(url.replace("http", "ws", 1) + "/api/websocket") as socket:
        socket.recv()
        socket.send(json.dumps({"type": "auth", "access_token": access_token}))
        assert json.loads(socket.recv())["type"] == "auth_ok"
        asked = {"id": 1, "type": "auth/long_lived_access_token", "lifespan": 30}
        socket.send(json.dumps(asked | {"client_name": "Evenfall"}))
        return str(json.loads(socket.recv())["result"])
