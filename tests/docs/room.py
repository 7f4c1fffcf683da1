"""A folder in which a page's examples are run as its reader would: with the sample in `config/`, and a clock that stands."""

from __future__ import annotations

import contextlib
import doctest
import importlib
import io
import shlex
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from alertd.cli import COMMANDS, main
from alertd.config.checks import calendars
from tests.docs.page import Command, Example, agrees, changed, commands

ROOT = Path(__file__).resolve().parents[2]
#: What a page may call besides alertd; nothing else is run.
ALLOWED = {"cat", "cp", "head", "ls", "mkdir", "mv"}


class Stopped(datetime):
    """An instant of a page, for which it is always `clock`."""

    clock: datetime

    @classmethod
    def now(cls, tz=None):
        return cls.clock.astimezone(tz)


class Room:
    """One page's examples, one after the other."""

    def __init__(self, folder: Path, clock: datetime, monkeypatch) -> None:
        self.folder = folder
        self.code = 0
        self._names: dict[str, object] = {}
        shutil.copytree(ROOT / "config", folder / "config")
        monkeypatch.chdir(folder)
        monkeypatch.delenv("ALERTD_LANG", raising=False)
        _stop(clock, monkeypatch)

    def follow(self, example: Example) -> None:
        """Do what a block says; fails with the line where it is not as the page says."""
        if example.kind == "console":
            for command in commands(example):
                self._run(command)
        elif example.kind == "pycon":
            self._converse(example)
        elif example.kind == "diff" and example.file:
            path = self.folder / example.file
            path.write_text(changed(path.read_text("utf-8"), example.text), "utf-8")
        elif example.file:
            path = self.folder / example.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(example.text, "utf-8")
        else:
            raise AssertionError(f"line {example.line}: this block says neither what is run nor which file it is")

    def _converse(self, example: Example) -> None:
        """A Python session; the names of one block are known in the next."""
        test = doctest.DocTestParser().get_doctest(example.text, {}, "the page", None, example.line - 1)
        test.globs = self._names
        said = io.StringIO()
        failed, _ = doctest.DocTestRunner(verbose=False).run(test, out=said.write, clear_globs=False)
        assert not failed, f"line {example.line}:\n{said.getvalue()}"

    def _run(self, command: Command) -> None:
        printed = self._printed(command).splitlines()
        printed = [line.rstrip() for line in printed]
        assert "Traceback" not in "\n".join(printed)
        assert agrees(printed, command.printed), (
            f"line {command.line}: $ {command.text}\nthe page says:\n  "
            + "\n  ".join(command.printed)
            + "\nit prints:\n  "
            + "\n  ".join(printed)
        )

    def _printed(self, command: Command) -> str:
        """Standard output and standard error together, as a terminal shows them."""
        if command.text == "echo $?":
            return f"{self.code}\n"
        words, target = shlex.split(command.text), None
        if ">" in words:
            target = self.folder / words[words.index(">") + 1]
            words = words[: words.index(">")]
        if words[0] != "alertd":
            assert words[0] in ALLOWED, f"line {command.line}: {words[0]} is none of {', '.join(sorted(ALLOWED))}"
            done = subprocess.run(words, cwd=self.folder, capture_output=True, text=True, timeout=30)
            self.code = done.returncode
            return done.stdout + done.stderr
        shown = io.StringIO()
        result = io.StringIO() if target else shown
        with contextlib.redirect_stdout(result), contextlib.redirect_stderr(shown):
            self.code = _call(words[1:])
        if target:
            target.write_text(result.getvalue(), "utf-8")
        return shown.getvalue()


def _call(words: list[str]) -> int:
    try:
        main(words)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _stop(clock: datetime, monkeypatch) -> None:
    """`datetime.now` is `clock` in all of alertd; modules that commands load later are loaded before."""
    for module in COMMANDS.values():
        importlib.import_module(f"alertd.commands.{module}")

    # a newer holidays library may know other days than the sample
    monkeypatch.setattr(calendars, "advice", lambda _year: None)
    monkeypatch.setattr(Stopped, "clock", clock, raising=False)
    for name, module in list(sys.modules.items()):
        if name.startswith("alertd.") and getattr(module, "datetime", None) is datetime:
            monkeypatch.setattr(module, "datetime", Stopped)
