"""What an SConstruct uses.

An application outside of this repository needs three lines:

    from sming_host.build import application

    application()
"""

from __future__ import annotations

from sming_host.build.main import application

__all__ = ["application"]
