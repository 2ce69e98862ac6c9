"""`evenfall serve` as a process: however it is told to end, it ends with the room safe."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
WITHIN_S = 30.0


def free_port() -> int:
    from evenfall.app.web.serve import listening_on

    with listening_on(0) as held:
        return int(held.getsockname()[1])


@pytest.mark.safety("H-06")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_however_it_is_told_to_end_it_says_that_pages_go_quiet(
    tmp_path: Path, how: signal.Signals
) -> None:
    shutil.copy(DEMO, tmp_path / "household.yaml")
    port = free_port()
    command = [
        sys.executable, "-c", "from evenfall.app.cli import main; main()",
        "--home", str(tmp_path), "serve", "--at", "19:20", "--port", str(port),
    ]  # fmt: skip
    hub = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        ends_s = time.monotonic() + WITHIN_S
        while time.monotonic() < ends_s:
            try:
                httpx.get(f"http://127.0.0.1:{port}/healthz").raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.05)
        os.kill(hub.pid, how)
        said, _ = hub.communicate(timeout=WITHIN_S)
    finally:
        hub.kill()
        hub.wait()
    assert hub.returncode == 0, said
    assert "pages go dark and quiet" in said
    assert "Traceback" not in said
