"""A home with a simulated lamp, a simulated Home Assistant and a phone, for drills and stops."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from evenfall.adapters.homeassistant.twin import BUTTON, LIGHT, PHONE, HomeAssistantTwin
from evenfall.adapters.wled.twin import WledTwin

DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
NIGHT_LIGHT = 6  # 0.5 lx mEDI of 20 at the full 255


@dataclass(frozen=True)
class Furnished:
    """The home, and what is in it."""

    folder: Path
    lamp: WledTwin
    home_assistant: HomeAssistantTwin

    @property
    def step(self) -> int:
        """Where the lamp truly is, of 255."""
        return round(self.lamp.glow().share * 255)


@contextmanager
def furnished(folder: Path, silent_s: float = 12.0, more: str = "") -> Iterator[Furnished]:
    """Such a home; its automation takes over after `silent_s` without a heartbeat."""
    shutil.copy(DEMO, folder / "household.yaml")
    with (
        WledTwin() as lamp,
        HomeAssistantTwin(lamp, NIGHT_LIGHT, silent_s, 0.1) as home_assistant,
    ):
        token = folder / "home-assistant.token"
        token.write_text(home_assistant.token)
        token.chmod(0o600)
        (folder / "devices.yaml").write_text(
            f"devices: 1\n"
            f'home_assistant: {{url: "{home_assistant.url}", token_file: {token.name}, '
            f"stop_button: {BUTTON}}}\n"
            f"connections:\n  - {{output: nest-lamp, home_assistant: {LIGHT}}}\n"
            f"notices:\n  - {{member: mara, home_assistant: {PHONE}}}\n{more}"
        )
        yield Furnished(folder, lamp, home_assistant)
