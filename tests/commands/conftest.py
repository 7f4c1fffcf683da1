from __future__ import annotations

import logging
from dataclasses import dataclass

import pytest

from alertd.cli import main
from tests.commands.ground import write_config


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def line(self):
        """The one line on stderr; there must be no other, and nothing on stdout."""
        assert self.out == "", self.out
        (line,) = self.err.splitlines()
        return line


@pytest.fixture(autouse=True)
def surroundings(monkeypatch):
    """No secrets from outside; logging as it was before the command set it up."""
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    monkeypatch.delenv("ALERTD_LANG", raising=False)
    root, apscheduler = logging.getLogger(), logging.getLogger("apscheduler")
    handlers, level, quiet = root.handlers, root.level, apscheduler.level
    yield
    root.handlers, apscheduler.level = handlers, quiet
    root.setLevel(level)


@pytest.fixture
def alertd(capsys):
    """Runs a command in this process; an exception that is no clear line fails the test."""

    def run(*arguments):
        capsys.readouterr()
        try:
            main([str(argument) for argument in arguments])
            code = 0
        except SystemExit as end:
            code = end.code or 0
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Done(code, out, err)

    return run


@pytest.fixture
def config(tmp_path, url):
    """A configuration folder on each engine in turn."""
    return write_config(tmp_path / "config", url)


@pytest.fixture
def local(tmp_path):
    """A configuration folder on SQLite, where the engine does not matter."""
    return write_config(tmp_path / "config", f"sqlite:///{tmp_path / 'alertd.db'}")
