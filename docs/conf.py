"""The pages of this folder as a site: `./do docs`. A page that names what is not there fails the build."""

from __future__ import annotations

project = "alertd"
language = "vi"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
myst_heading_anchors = 3
html_theme = "alabaster"
nitpicky = True
