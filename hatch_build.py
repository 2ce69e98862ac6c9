"""Builds the family's page when Evenfall is built or installed, so that nobody needs node."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

sys.path.insert(0, str(Path(__file__).resolve().parent / "tools"))

import build_page


class PageHook(BuildHookInterface[Any]):
    """Builds the page if its sources have changed, and puts it into the package."""

    def dependencies(self) -> list[str]:
        """Node comes as a build requirement where the machine has none."""
        return build_page.needs()

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before anything is collected."""
        del version
        build_page.build()
        build_data["artifacts"].append("src/evenfall/app/web/static/**")
