"""Build, run and test Sming applications: the host side of this project."""

from __future__ import annotations

__version__ = "0.1.0"
