"""`python -m bench.peers.become PROGRAM ...`: becomes that program, on the leash of whoever started it."""

from __future__ import annotations

import os
import sys

os.execv(sys.argv[1], sys.argv[1:])
