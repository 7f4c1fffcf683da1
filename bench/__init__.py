"""Figures that can be made again: `python -m bench [NAME …]`. Every comparison is a ratio within one run."""
