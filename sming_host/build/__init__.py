"""What an SConstruct uses.

An application outside of this repository needs three lines:

    from sming_host.build import application

    application()
"""

from __future__ import annotations


def application() -> None:
    """Build, as the command line says: the application of this folder, or the samples of the checkout."""
    # Imported late: other modules of this package serve programs that have nothing to do with SCons.
    from sming_host.build import main

    main.application()
