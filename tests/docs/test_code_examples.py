"""The pages of docs/examples: their blocks are put into a copy of the project, what they say then happens, and what
they add passes the project's own checks."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys

import pytest

from tests.docs.page import agrees, changed, commands, examples
from tests.docs.room import ROOT

PAGES = sorted((ROOT / "docs" / "examples").glob("*.md"))
#: An addition is one page and no more code than this.
MOST_LINES = 150


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_an_addition_works_as_its_page_says(page, tmp_path):
    for folder in ("alertd", "config", "migrations"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    touched: set[str] = set()
    for example in examples(page):
        if example.kind == "console":
            for command in commands(example):
                printed = run(command.text, tmp_path)
                assert agrees(printed, command.printed), f"line {command.line}: {command.text}\n" + "\n".join(printed)
            continue
        path = tmp_path / example.file
        path.parent.mkdir(parents=True, exist_ok=True)
        text = changed(path.read_text("utf-8"), example.text) if example.kind == "diff" else example.text
        path.write_text(text, "utf-8")
        if path.suffix == ".py":
            touched.add(example.file)
    check(["ruff", "check", "--no-cache", "--no-fix", *sorted(touched)], tmp_path)
    check(["ruff", "format", "--no-cache", "--diff", *sorted(touched)], tmp_path)
    typed = sorted(file for file in touched if file.startswith("alertd/"))
    check(["mypy", "--follow-imports=silent", *typed], tmp_path)


def check(words: list[str], folder) -> None:
    """What the project asks of its own code, asked of what a page adds or changes."""
    done = subprocess.run([sys.executable, "-m", *words], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def run(text: str, folder) -> list[str]:
    """What a command prints, on both streams, in a folder where the project's copy is what Python finds."""
    words = shlex.split(text)
    assert words[0] in ("alertd", "python")
    words = [sys.executable, *(["-m", "alertd"] if words[0] == "alertd" else []), *words[1:]]
    surroundings = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(words, cwd=folder, env=surroundings, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return [line.rstrip() for line in (done.stdout + done.stderr).splitlines()]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_an_addition_is_short(page):
    code = [example for example in examples(page) if example.kind in ("python", "diff")]
    lines = [line for example in code for line in example.text.splitlines()
             if line.strip() and (example.kind == "python" or line.startswith("+"))]  # fmt: skip
    assert 0 < len(lines) <= MOST_LINES, len(lines)


def test_there_is_one_for_a_feed_a_channel_and_a_report():
    assert [page.stem for page in PAGES] == ["channel", "feed", "report"]
