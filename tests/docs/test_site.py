"""The pages as a site, and what pages name: commands, options, tests, samples of configuration are what the project has."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from datetime import date
from io import StringIO

import click
import pytest
from ruamel.yaml import YAML

from alertd.cli import group
from alertd.config.check import check
from tests.docs.page import clock_of, examples
from tests.docs.room import ROOT

#: All but docs/examples, which are run on a copy of the project (`test_code_examples`).
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "decisions").glob("*.md"))]
#: `alertd check`, `./do alertd feed test NAME`.
INLINE = re.compile(r"`(?:\./do )?alertd ([a-z][^`]*)`")
#: The same on a line of a block.
ON_A_LINE = re.compile(r"^(?:\$ )?(?:\./do )?alertd ([a-z].*)$", re.MULTILINE)


def test_the_site_builds_without_a_warning(tmp_path):
    build = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", ROOT / "docs", tmp_path / "site"]
    done = subprocess.run(build, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "rules.html").is_file()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_every_command_that_a_page_names_is_one_with_those_options(page):
    blocks = "\n".join(example.text for example in examples(page) if example.kind in ("", "sh", "console"))
    for found in [*INLINE.findall(page.read_text("utf-8")), *ON_A_LINE.findall(blocks)]:
        words = " ".join(found.split()).split(" > ")[0]
        command, rest = resolved(words)
        known = {option for param in command.params for option in param.opts} | {"--help"}
        assert {word.partition("=")[0] for word in rest if word.startswith("--")} <= known, f"alertd {words}"


def resolved(words: str) -> tuple[click.Command, list[str]]:
    """The command that words name, and the words that it is given."""
    command: click.Command = group
    rest = [word for word in shlex.split(words.replace("[", "").replace("]", "").replace("|", " ")) if word != "…"]
    while isinstance(command, click.Group):
        if not rest:
            return command, []  # `alertd feed`: the group itself
        name = rest.pop(0)
        named = command.get_command(click.Context(command), name)
        assert named, f"alertd {words}: there is no {name!r}"
        command = named
    return command, rest


@pytest.mark.parametrize(
    ("page", "example"),
    [
        pytest.param(page, example, id=f"{page.stem}-{example.line}")
        for page in PAGES if not clock_of(page)
        for example in examples(page) if example.kind == "yaml"
    ],
)  # fmt: skip
def test_every_sample_of_configuration_stands_check(page, example, tmp_path, monkeypatch):
    folder = tmp_path / "config"
    shutil.copytree(ROOT / "config", folder)
    for name in set(re.findall(r"\$\{(\w+)\}", page.read_text("utf-8"))):
        monkeypatch.setenv(name, "k" * 64)
    part = read(example)
    if "contacts" in part:  # on channels that the page has set up before
        for block in examples(page):
            if block.kind == "yaml" and "channels" in (before := read(block)):
                with_sample(folder, before)
    with_sample(folder, part)
    faults = [finding for finding in check(folder, date(2026, 6, 15)) if finding.severity == "fault"]
    assert not faults, f"{page.name}:{example.line}: {faults}"


def read(example):
    """A block's values, with something in the place of `…`."""
    return YAML(typ="safe").load(example.text.replace("84912…", "84912345678").replace('"…"', '"1"'))


def with_sample(folder, part) -> None:
    """The sample of `config/` with a part in its place."""
    yaml = YAML()
    yaml.preserve_quotes = True
    name = "organisation.yaml" if "contacts" in part else "alertd.yaml"
    whole = yaml.load((folder / name).read_text("utf-8"))
    if isinstance(part, list):
        whole["feeds"] += part
    elif "channels" in part:
        whole["channels"] |= part["channels"]
    elif "contacts" in part:
        whole["people"][0] |= part
    elif "values" in part:
        whole["feeds"][0] |= part
    else:
        whole |= part
    written = StringIO()
    yaml.dump(whole, written)
    (folder / name).write_text(written.getvalue(), "utf-8")


def test_every_promise_of_the_readme_names_what_shows_it():
    """The table's right side: a file of tests, a page that has its own, or a habit that measures."""
    section = (ROOT / "README.md").read_text("utf-8").split("## What it promises")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (?!promise|---)(.+) \| (.+) \|$", section, re.MULTILINE)
    assert len(rows) == section.count("\n| ") - 1
    for promise, shown in rows:
        names = re.findall(r"`([^`]+)`", shown)
        assert any(shows(name) for name in names), promise
        for name in names:
            assert shows(name) or (name.startswith("docs/") and (ROOT / name).is_file()), f"{promise}: {name}"


def shows(name: str) -> bool:
    """Whether a name is that of a file with tests in it, or of a habit of `./do` that measures."""
    if name.startswith("tests/"):
        path = ROOT / name
        return path.is_file() and bool(
            re.search(r"^(?:(?:async )?def test_|Test\w+ = )", path.read_text("utf-8"), re.MULTILINE)
        )
    words = name.split()
    return name == "./do kills" or (words[:2] == ["./do", "bench"] and (ROOT / "bench" / f"{words[2]}.py").is_file())


@pytest.mark.parametrize(
    ("name", "does"),
    [
        ("tests/core/test_plan.py", True),
        ("./do bench escalate", True),
        ("./do kills", True),
        ("tests/jobs/", False),  # a folder says nothing about a promise
        ("tests/conftest.py", False),
        ("tests/core/test_nothing.py", False),
        ("./do bench nothing", False),
        ("docs/security.md", False),
    ],
)
def test_a_folder_or_a_page_shows_nothing(name, does):
    assert shows(name) is does
