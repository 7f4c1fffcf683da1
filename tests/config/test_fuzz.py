"""Whatever stands in the files: ConfigError or a configuration, never a traceback. Seeds are hypothesis's own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from alertd.config.check import checked
from alertd.config.findings import ConfigError
from alertd.config.load import loaded
from alertd.config.reading import read_texts

BASE = {path.name: path.read_text("utf-8") for path in (Path(__file__).parent / "base").iterdir()}
CSV = "id,name,portal_ids,unit,post,from,until,channel,phone,address\na,A,,TP,duty,,,console,,\n"
NAMES = sorted(BASE)
VALUES = [
    "",
    "~",
    "no",
    "08",
    "1:30",
    "off",
    "none",
    "[]",
    "{}",
    "[[[]]]",
    "{a: {b: c}}",
    "-1d",
    "0%",
    "99%",
    "1e9",
    "'",
    '"',
    "&a [*a]",
    "*x",
    "!!python/object:os.system x",
    "!x y",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "24:00-24:00",
    "head@",
    "person:",
    "${X}",
    "${TELEGRAM_TOKEN}",
    "\t",
    "|",
    ">",
    "? x",
    "- - -",
    "%YAML 1.1",
    "---",
    "...",
    "\x00",
    "\ud7ff",
    "\ufeff",
    "99999999999999999999d",
    "http://[",
    "https://a:99999/",
    "::1:80",
    "a:99999999",
    "{a: 1, a: 2}",
    "{[a]: b}",
    "<<: {a: b}",
    "@",
    "`",
    "1" * 5000 + "h",
]

CHECKS = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
FEW = settings(max_examples=60, deadline=None, suppress_health_check=CHECKS)
MANY = settings(max_examples=120, deadline=None, suppress_health_check=CHECKS)


def try_everything(texts):
    reading = read_texts(texts, Path("config"))
    findings = checked(reading, date(2026, 11, 23))
    for finding in findings:
        assert finding.line >= 1, finding
        assert finding.column >= 1, finding
        assert "\n" not in str(finding)
    try:
        loaded(reading)
    except ConfigError:
        assert any(finding.is_fault for finding in findings)


@FEW
@given(st.sampled_from(NAMES), st.text(max_size=200))
@example("alertd.yaml", "NULL")
@example("alertd.yaml", "[" * 5000)
@example("alertd.yaml", "a: " * 3000)
@example("alertd.yaml", "- " * 3000)
@example("alertd.yaml", "".join(" " * n + "a:\n" for n in range(400)))
@example(
    "escalation.yaml",
    "a: &a [x,x,x,x,x,x,x,x]\n"
    + "".join(f"{c}: &{c} [{','.join(['*' + p] * 8)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)),
)
def test_any_text(name, text):
    try_everything(BASE | {name: text})


@MANY
@given(st.sampled_from(NAMES), st.integers(0, 3000), st.integers(0, 12), st.sampled_from(VALUES) | st.text(max_size=8))
def test_a_place_overwritten(name, at, length, value):
    text = BASE[name]
    at %= len(text) + 1
    try_everything(BASE | {name: text[:at] + value + text[at + length :]})


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", VALUES)
def test_each_awkward_value(name, value):
    """Each awkward value once in each file, at a line of its own."""
    lines = BASE[name].splitlines()
    written = [number for number, line in enumerate(lines) if ": " in line]
    number = written[VALUES.index(value) % len(written)]
    head = lines[number].partition(": ")[0]
    try_everything(BASE | {name: "\n".join([*lines[:number], f"{head}: {value}", *lines[number + 1 :]])})


@FEW
@given(
    st.integers(0, 200),
    st.integers(0, 30),
    st.text(max_size=20) | st.sampled_from(['"', "\n", ",", ";", '""', "\r", "\x00"]),
)
@example(0, 200, "")
def test_any_people_csv(at, length, value):
    organisation = BASE["organisation.yaml"].replace("people:\n", "people_csv: people.csv\npeople:\n")
    text = CSV[: at % len(CSV)] + value + CSV[at % len(CSV) + length :]
    try_everything(BASE | {"organisation.yaml": organisation, "people.csv": text})


REST = [
    (Path(__file__).parent / "right" / name / "alertd.yaml").read_text("utf-8")
    for name in ("rest-feed", "rest-national")
]
PLACES = [
    (text, number, line.partition(": ")[0])
    for text in REST
    for number, line in enumerate(text.splitlines())
    if ": " in line and not line.startswith(("delivery", "channels"))
]


@pytest.mark.parametrize("place", range(len(PLACES)), ids=lambda at: PLACES[at][2].strip())
def test_each_key_of_a_json_portal_with_awkward_values(place):
    """Every value meets some of the keys, every key some of the values."""
    text, number, head = PLACES[place]
    lines = text.splitlines()
    for value in [*VALUES[place % 8 :: 8], "$..", "[$.a, $.b]", "{type: oauth2}", "true"]:
        try_everything(BASE | {"alertd.yaml": "\n".join([*lines[:number], f"{head}: {value}", *lines[number + 1 :]])})


@MANY
@given(st.sampled_from(REST), st.integers(0, 3000), st.integers(0, 12), st.sampled_from(VALUES) | st.text(max_size=8))
def test_a_place_overwritten_in_a_json_portal(text, at, length, value):
    at %= len(text) + 1
    try_everything(BASE | {"alertd.yaml": text[:at] + value + text[at + length :]})
