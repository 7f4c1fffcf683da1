"""The pinned packages against the public advisories: `./do audit`. Says loudly what could not be looked up.

Exit 1 for a package with a known vulnerability. Without a way to the advisories it exits 0, in a line that nobody can
take for a clean bill.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")


@dataclass(frozen=True)
class Verdict:
    """What became of the look-up; `vulnerable` holds "package version: ids"."""

    looked_up: int = 0
    unknown: tuple[str, ...] = ()
    vulnerable: tuple[str, ...] = field(default=())

    @property
    def code(self) -> int:
        """The exit code."""
        return 1 if self.vulnerable else 0

    def lines(self) -> list[str]:
        """What a person reads."""
        if not self.looked_up:
            return ["audit: SKIPPED, NOTHING WAS LOOKED UP: the advisory service cannot be reached from here"]
        told = [f"audit: {self.looked_up} packages looked up, {len(self.vulnerable)} with a known vulnerability"]
        told += [f"audit: VULNERABLE {each}" for each in self.vulnerable]
        told += [f"audit: NOT LOOKED UP: {', '.join(self.unknown)}"] if self.unknown else []
        return told


def judged(answer: str) -> Verdict:
    """The verdict on what pip-audit printed as JSON; on anything else that nothing was looked up."""
    try:
        packages: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Verdict()
    known = [each for each in packages if "skip_reason" not in each]
    vulnerable = [
        f"{each['name']} {each['version']}: {', '.join(found['id'] for found in each['vulns'])}"
        for each in known
        if each.get("vulns")
    ]
    return Verdict(len(known), tuple(each["name"] for each in packages if "skip_reason" in each), tuple(vulnerable))


def main() -> int:
    """Look up every package of both locks."""
    code = 0
    for lock in LOCKS:
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(ROOT / lock), "--require-hashes",
                   "--disable-pip", "--format", "json", "--progress-spinner", "off", "--timeout", "15"]  # fmt: skip
        verdict = judged(subprocess.run(command, check=False, capture_output=True, text=True).stdout)
        print(f"audit: {lock}", *verdict.lines(), sep="\n", file=sys.stderr)
        code = max(code, verdict.code)
    return code


if __name__ == "__main__":
    sys.exit(main())
