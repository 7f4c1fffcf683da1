from __future__ import annotations

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from jsonpath.exceptions import JSONPathError

from alertd.config import paths
from alertd.config.paths import compiled

PATHS = ["$.a", "$['a b']", "$[0]", "$[-1]", "$.a[0].b", "$.a.b.a", "$[1][-2]", "$['a']['b']", "$.a[3]"]
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 3), st.sampled_from(["", "a", '{"a": 1}', "[0]"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "a b"]), inner, max_size=3),
    max_leaves=12,
)


@seed(9535)
@settings(max_examples=400, deadline=None)
@given(value=JSON, text=st.sampled_from(PATHS))
def test_a_path_to_one_place_finds_what_the_library_finds(value, text):
    path = compiled(text)
    assert path._steps is not None
    expected = path._compiled.findall(value) if isinstance(value, dict | list) else []
    assert path(value) == expected


@pytest.mark.parametrize("text", ["$", "$[*]", "$..a", "$[0, 1]", "$[0:2]", "$[?@.a == 1]", "$['a', 'b']", "$.a[?@.b]"])
def test_any_other_path_is_the_librarys_business(text):
    value = {"a": [{"b": 1}, {"b": 2}], "b": 3}
    path = compiled(text)
    assert path(value) == path._compiled.findall(value)
    assert path([value, value]) == path._compiled.findall([value, value])


@pytest.mark.parametrize("text", ["a.b", "$.a | $.b", "$.A & $.b", "^$.a", "$.a.~", "$[?@.x =~ /a/]", "$.#", "$.a "])
def test_what_is_not_in_the_standard_is_refused(text):
    with pytest.raises(JSONPathError):
        compiled(text)


def test_a_path_is_known_by_its_text():
    assert compiled("$.a") == compiled("$.a")
    assert len({compiled("$.a"), compiled("$.a"), compiled("$.b")}) == 2
    assert compiled("$.a") != "$.a"
    assert repr(compiled("$.a")) == "Path('$.a')"


@seed(20240603)
@settings(max_examples=600, deadline=None)
@given(
    text=st.one_of(st.text(max_size=20), st.text(alphabet="$.[]*?@='\"ab01,:()!&|<>- ", max_size=20).map("$".__add__))
)
def test_whatever_is_written_is_a_path_or_a_fault(text):
    try:
        path = compiled(text)
    except (JSONPathError, RecursionError):
        return
    assert isinstance(path({"a": [{"b": 1}, "x"], "b": None}), list)


def test_the_whole_is_a_path_of_no_steps():
    assert paths.steps(compiled("$")._compiled) == ()
    assert compiled("$")({"a": 1}) == [{"a": 1}]
