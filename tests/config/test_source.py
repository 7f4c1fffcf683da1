"""Lines and columns of values, keys and of what is missing; what YAML readers disagree about."""

from __future__ import annotations

import itertools

import pytest

from alertd.config.source import Source
from alertd.config.tree import scalar

TEXT = """\
top:
  - {a: 1, b: [x, "y"]}
  - a: 2
    b: |
      text
last: ở đây
"""


def test_places_of_values_and_keys():
    source = Source("f.yaml", TEXT)
    assert source.findings == []
    assert source.at("top", 0, "b", 1) == ("f.yaml", 2, 19)
    assert source.key("top", 0, "b") == ("f.yaml", 2, 12)
    assert source.at("top", 1, "a") == ("f.yaml", 3, 8)
    assert source.key("last") == ("f.yaml", 6, 1)
    assert source.at("last") == ("f.yaml", 6, 7)


def test_a_path_that_leads_nowhere_ends_at_the_nearest_value():
    source = Source("f.yaml", TEXT)
    assert source.at("top", 0, "sheet", "b") == ("f.yaml", 2, 12 + 3)  # a model's own name in the middle
    assert source.at("top", 7) == ("f.yaml", 2, 3)
    assert source.at() == ("f.yaml", 1, 1)


def test_values_keep_their_text():
    assert Source("f.yaml", "a: 0912\nb: 1.10\nc: 2024-05-04\nd:\ne: ~").values == {
        "a": "0912",
        "b": "1.10",
        "c": "2024-05-04",
        "d": None,
        "e": None,
    }


@pytest.mark.parametrize(
    "text",
    ["no", "Yes", "ON", "off", "true", "NULL", "~", "08", "0o17", "0x1F", "1_000", "1:30", "13:00", "1e3", ".inf"],
)
def test_surprises(text):
    assert scalar(text, plain=True).surprising
    assert not scalar(text, plain=False).surprising


@pytest.mark.parametrize(
    "text", ["none", "07:30", "8", "-100123", "1.004227", "y", "2024-05-04", "Không", "-3d", "0d", "50%"]
)
def test_no_surprises(text):
    assert not scalar(text, plain=True).surprising


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\n\tb: 2\n", "yaml.tab", 2, 1),
        ("a:\n  b: 1\n \t c: 2\n", "yaml.tab", 3, 2),
        ("a: 1\na: 2\n", "yaml.duplicate", 2, 1),
        ("a: {b: 1, c: 2, b: 3}\n", "yaml.duplicate", 1, 17),
        ("a: [1, 2\nb: 3\n", "yaml.syntax", 2, 2),
        ("a: 'x\n", "yaml.syntax", 2, 1),
        ("a: \x07\n", "yaml.syntax", 1, 4),
        ("{[a]: 1}\n", "yaml.key", 1, 2),
        ("- a\n", "type.mapping", 1, 1),
        ("# nothing\n", "file.empty", 1, 1),
        ("a: &x {b: *x}\n", "yaml.alias", 1, 4),
        ("a: !!binary x\nb: !own 1\n", "yaml.tag", 2, 4),
        ("[" * 200, "yaml.deep", 1, 1),
    ],
)
def test_faults_of_form(text, code, line, column):
    findings = Source("f.yaml", text).findings
    assert [(f.code, f.line, f.column) for f in findings] == [(code, line, column)]


def test_all_duplicates_and_tabs_are_told():
    assert [f.line for f in Source("f.yaml", "a: 1\na: 1\nb: 1\na: 1\n").findings] == [2, 4]
    assert [f.line for f in Source("f.yaml", "a:\n\tb: 1\n# \tx\n\tc: 1\n\t# fine\n").findings] == [2, 4]


def test_a_flood_of_aliases_is_refused():
    names = "abcdefghi"
    text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n" for before, name in itertools.pairwise(names)
    )
    assert [f.code for f in Source("f.yaml", text).findings] == ["yaml.alias"]
