"""Sphinx's settings; `./scons docs` builds the documentation. Both folders that it imports from are the checkout's."""

from __future__ import annotations

import re
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
# This checkout's package, even where another version of it is installed.
sys.path.insert(0, str(CHECKOUT))

project = "sming-host"
release = re.findall(r'^version = "(.*)"', (CHECKOUT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)[0]
version = release
language = "en"

extensions = ["sphinx.ext.autodoc", "docs.extension"]
exclude_patterns = ["template", "extension"]
nitpicky = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_default_options = {"members": True, "undoc-members": False}
add_module_names = False

# Docstrings of this project are prose with `code` in single backquotes.
default_role = "code"

html_theme = "alabaster"
html_static_path = ["static"]
html_css_files = ["sming.css"]
html_title = f"sming-host {release}"
html_theme_options = {
    "description": "Sming applications with TLS: built, run and tested on your own machine",
    "fixed_sidebar": True,
    "page_width": "1100px",
    "sidebar_width": "240px",
    "show_powered_by": False,
}
html_copy_source = False
html_show_sourcelink = False
