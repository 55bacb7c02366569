"""``env.SourcePackage`` and ``env.ToolPackage`` for SConscripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .pins import source_pin, tool_pin
from .sources import source_package
from .tools import Tool, tool_package


def generate(env: Any) -> None:
    """Add the two methods to a construction environment (SCons calls this for a tool)."""
    env.AddMethod(_source_package, "SourcePackage")
    env.AddMethod(_tool_package, "ToolPackage")


def exists(env: Any) -> bool:
    """Always: what a machine lacks is said when a package is asked for."""
    del env
    return True


def _source_package(env: Any, name: str) -> Path:
    """Path of the source tree; the build variable ``<NAME>_ROOT`` overrides it."""
    return source_package(name, root=_variable(env, source_pin(name).variable))


def _tool_package(env: Any, name: str) -> Tool:
    """The tool; the build variable ``<NAME>_ROOT`` overrides it."""
    return tool_package(name, root=_variable(env, tool_pin(name).variable))


def _variable(env: Any, name: str) -> str:
    return str(env.get(name) or "")
