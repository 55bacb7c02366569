"""Targets that are no files: help, lists, doctor, certificates, tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sming_host.build.options import Settings
from sming_host.build.paths import Workspace

FLAGS: Mapping[str, Mapping[str, Any]] = {}


def run(goal: str, settings: Settings, workspace: Workspace, names: list[str]) -> None:
    """Do what a target says."""
