"""alertd: tells the right person, in time, before a citizen's dossier runs past its promised date."""

from __future__ import annotations

__version__ = "0.1.0"
