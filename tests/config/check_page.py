"""docs/check.md, made from the corpus: `python -m tests.config.check_page` prints it.

For each code: whether it is a fault or a warning, a line that has it, and what `alertd check` says of that line in both
languages. So nothing on the page can be other than what the program does.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from alertd.config.check import check
from alertd.config.checks import calendars
from alertd.config.findings import ConfigError, Finding, Place
from alertd.config.load import load
from alertd.config.rehearsals import load_tests
from alertd.config.wording import WARNINGS
from alertd.config.wording_days import DAYS_AND_SETTINGS
from alertd.config.wording_files import FILES
from alertd.config.wording_portals import PORTALS
from alertd.config.wording_rest import REST
from alertd.config.wording_retention import RETENTION
from alertd.config.wording_rules import RULES
from alertd.config.wording_targets import TARGETS
from alertd.config.wording_tests import TESTS
from alertd.config.wording_values import VALUES
from tests.config.test_rehearsals import GOOD
from tests.config.test_rehearsals import WRONG as WRONG_TESTS

HERE = Path(__file__).parent
SAMPLE = HERE.parents[1] / "config"
TODAY = date(2026, 11, 23)
SECTIONS = (
    ("Files and YAML", FILES),
    ("Values", VALUES),
    ("Policies, organisation, contacts", RULES),
    ("Calendars and alertd.yaml", DAYS_AND_SETTINGS),
    ("Terms of storage", RETENTION),
    ("Portals", PORTALS),
    ("Feeds over REST", REST),
    ("Goals: targets.yaml", TARGETS),
    ("Rule tests: `alertd test`", TESTS),
)
HEAD = """\
# What `alertd check` finds

Every fault at once, each as `file:line:column: [code] what is wrong; what would be right`, in Vietnamese, or in English
with `ALERTD_LANG=en`. With a fault the exit code is 2; with nothing but warnings it is 0. `alertd run` refuses to start
with a fault; while it runs, it does not take an edit that has one, and tells the admin the first with its line.

Below, each code with a line that has it, and what is said of that line. Warnings are only:

{warnings}
"""
#: What no line of a configuration can show.
ELSEWHERE = {
    "folder.missing": ("alertd check --config cònfig", {}),
    "file.unreadable": ("chmod 000 config/calendar.yaml", {"problem": "Permission denied"}),
    "yaml.deep": ("[" * 12 + "…", {}),
    "template.broken": ("{{ line.kode }}", {"problem": "UndefinedError: 'kode' is undefined"}),
    "reload.restart": ('storage: {url: "sqlite:///elsewhere.db"}   # edited while alertd runs', {"key": "storage.url"}),
    "calendar.holiday": ("years: {2026: {days_off: [2026-01-01]}}   # and 2 January is missing",
                         {"day": "2026-01-02", "here": "ngày làm việc"}),
}  # fmt: skip


@contextmanager
def surroundings():
    """As the corpus's tests have them: a secret that is set, no library of holidays, a folder called `config`."""
    kept, advice, at = dict(os.environ), calendars.advice, Path.cwd()
    os.environ["TELEGRAM_TOKEN"] = "42:token"
    os.environ.pop("CREDENTIALS_DIRECTORY", None)
    calendars.advice = lambda _year: None
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(at)
            calendars.advice = advice
            os.environ.clear()
            os.environ.update(kept)


def corpus():
    """By code: the case that shows it best, with the fewest other findings."""
    cases = {}
    for case in sorted(path for path in (HERE / "wrong").iterdir() if path.is_dir()):
        codes = re.findall(r"#! (\S+)", "".join(f.read_bytes().decode("utf-8", "replace") for f in case.iterdir()))
        expect = case / "expect.txt"
        codes += re.findall(r"^(\S+) @", expect.read_text("utf-8"), re.MULTILINE) if expect.exists() else []
        for code in codes:
            if code not in cases or len(codes) < cases[code][0]:
                cases[code] = (len(codes), case)
    return {code: case for code, (_, case) in cases.items()}


def shown(case, code):
    """The file and line of a case, and what is said of it in each language."""
    folder = Path("config")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(HERE / "base", folder)
    for file in case.iterdir():
        if file.name != "expect.txt":
            shutil.copy(file, folder / file.name)
    said = [next(f for f in findings(lambda: check(folder, TODAY), language) if f.code == code)
            for language in ("vi", "en")]  # fmt: skip
    file = Path(said[0].file)
    lines = file.read_bytes().decode("utf-8", "replace").splitlines() if file.exists() else []
    return file.name, lines[said[0].line - 1] if said[0].line <= len(lines) else "", said


def findings(look, language):
    os.environ["ALERTD_LANG"] = language
    try:
        return look() or []
    except ConfigError as error:
        return error.findings
    finally:
        del os.environ["ALERTD_LANG"]


def in_rule_tests(code):
    (old, new), _, _ = WRONG_TESTS[code]
    Path("rules.yaml").write_text(GOOD.replace(old, new, 1), "utf-8")
    rules = load(SAMPLE).rules
    said = [next(f for f in findings(lambda: load_tests(Path("rules.yaml"), rules), language) if f.code == code)
            for language in ("vi", "en")]  # fmt: skip
    return "rules.yaml", Path("rules.yaml").read_text("utf-8").splitlines()[said[0].line - 1], said


def elsewhere(code):
    line, named = ELSEWHERE[code]
    said = []
    for language in ("vi", "en"):
        os.environ["ALERTD_LANG"] = language
        said.append(Finding.of(code, Place("", 1, 1), **named))
        del os.environ["ALERTD_LANG"]
    return "", line, said


def entry(code, cases):
    if code in cases:
        file, line, said = shown(cases[code], code)
    elif code in WRONG_TESTS:
        file, line, said = in_rule_tests(code)
    else:
        file, line, said = elsewhere(code)
    line = re.sub(r"\s*#! \S+", "", line).strip().replace("\t", "→   ")
    line = line if len(line) <= 110 else f"{line[:109]}…"
    where = f"`{file}`: " if file else ""
    example = f"{where}`` {line} ``" if line else f"{where}(nothing stands there)"
    kind = "warning" if code in WARNINGS else "fault"
    vi, en = said
    return f"### `{code}`\n\n{kind}: {example}\n\n- {vi.what}; {vi.instead}\n- {en.what}; {en.instead}\n"


def page():
    """The whole page."""
    cases = corpus()
    names = "\n".join(f"- [`{code}`](#{code.replace('.', '')})" for code in sorted(WARNINGS))
    parts = [HEAD.format(warnings=names)]
    with surroundings():
        for title, codes in SECTIONS:
            parts.append(f"## {title}\n")
            parts += [entry(code, cases) for code in codes]
    return "\n".join(parts)


if __name__ == "__main__":
    print(page(), end="")
