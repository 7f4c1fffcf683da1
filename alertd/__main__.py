"""`python -m alertd`."""

from __future__ import annotations

from alertd.cli import main

main()
