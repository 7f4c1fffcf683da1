"""The systemd unit: what it may do is little, by systemd's own reckoning, and what it names is there."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNIT = DEPLOY / "alertd.service"


class Repeated(dict):
    """Keys of a unit may stand several times; the values are gathered."""

    def __setitem__(self, key, value):
        if isinstance(value, list) and key in self and isinstance(self[key], list):
            self[key].extend(value)
        else:
            super().__setitem__(key, value)


@pytest.fixture(scope="module")
def service():
    parser = configparser.RawConfigParser(strict=False, dict_type=Repeated, comment_prefixes=("#",), delimiters=("=",))
    parser.optionxform = str
    parser.read_string(UNIT.read_text("utf-8"))
    return {key: value.splitlines() for key, value in parser["Service"].items()}


def test_systemd_itself_finds_its_exposure_below_two():
    if not shutil.which("systemd-analyze"):
        pytest.skip("SKIPPED: systemd-analyze is not installed; the exposure of the unit was not looked at")
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(UNIT)], capture_output=True, text=True
    )
    if "unrecognized option" in done.stderr:
        pytest.skip("SKIPPED: this systemd-analyze cannot look at a unit offline")
    level = re.search(r"Overall exposure level for alertd.service: ([\d.]+)", done.stdout)
    assert level, done.stdout + done.stderr
    assert float(level[1]) < 2.0


def test_it_is_ready_when_it_says_so_and_is_watched(service):
    assert service["Type"] == ["notify"]
    assert service["WatchdogSec"] == ["5min"]
    assert service["ExecReload"] == ["/bin/kill -HUP $MAINPID"]
    assert service["RestartPreventExitStatus"] == ["2"]


def test_its_secrets_come_as_credentials_and_none_stands_in_it():
    text = UNIT.read_text("utf-8")
    assert re.search(r"^# LoadCredential=ALERTD_KEY:/etc/alertd/secrets/ALERTD_KEY$", text, re.MULTILINE)
    assert not re.search(r"(?i)^Environment=", text, re.MULTILINE)
