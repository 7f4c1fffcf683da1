"""The schemas for editors: what is right they accept, what is wrong in form they refuse, and every key has its help."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import jsonschema_rs
import pytest
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from alertd.config import help as helping
from alertd.config.load import load
from alertd.config.schema import FILES, MODELS, schema
from alertd.config.strict import Strict

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SHIPPED = ROOT / "config" / "schema"
SAMPLES = [ROOT / "config", ROOT / "config" / "samples" / "two-tier"]
RIGHT = [HERE / "base", *sorted(path for path in (HERE / "right").iterdir() if path.is_dir())]
#: Codes of `check` that are about the form of one value: an editor shows these while they are typed.
OF_FORM = {
    "amount.bad", "channel.unknown", "code.bad", "elapsed.bad", "feed.type", "goal.scope", "goal.value", "key.missing", "key.unknown", "list.empty",
    "number.bad", "offset.bad", "people.bad", "session.bad", "session.day", "slots.empty", "target.bad", "time.bad",
    "type.mapping", "type.text", "value.choice", "year.bad",
}  # fmt: skip
#: Right in form, and refused for how much it is.
TOO_MUCH = {"duration-of-a-century", "duration-percent-over", "every-zero"}


def as_an_editor_reads(text):
    """YAML 1.2 as JSON: dates stay texts, keys are texts."""
    return plain(YAML(typ="safe", pure=True).load(text))


def plain(value):
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def faults(file, text):
    validator = jsonschema_rs.validator_for(schema(file))
    return [
        f"{list(error.instance_path)}: {error.message}" for error in validator.iter_errors(as_an_editor_reads(text))
    ]


@pytest.mark.parametrize("file", FILES)
def test_each_is_a_valid_schema(file):
    assert jsonschema_rs.meta.validate(schema(file)) is None


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda path: path.name)
def test_the_sample_tests_are_accepted_and_one_wrong_in_form_is_not(folder):
    text = (folder / "tests" / "standard.yaml").read_text("utf-8")
    assert faults("tests", text) == []
    for old, new in (("expect: nobody", "expect: somebody"), ("step: overdue", "setp: overdue"), ("T16:00", " 4 giờ")):
        if old in text:
            assert faults("tests", text.replace(old, new, 1)), old


@pytest.mark.parametrize("folder", [*SAMPLES, *RIGHT], ids=lambda path: path.name)
def test_right_files_are_accepted(folder):
    for file in sorted(folder.glob("*.yaml")):
        assert faults(file.stem, file.read_text("utf-8")) == [], file


def wrong_in_form():
    for case in sorted(path for path in (HERE / "wrong").iterdir() if path.is_dir()):
        for file in sorted(case.glob("*.yaml")):
            text = file.read_bytes().decode("utf-8", "replace")
            codes = set(re.findall(r"#! (\S+)", text)) & OF_FORM
            if codes and case.name not in TOO_MUCH:
                yield pytest.param(file, id=f"{case.name}-{file.stem}")


@pytest.mark.parametrize("file", list(wrong_in_form()))
def test_files_wrong_in_form_are_refused(file):
    text = file.read_bytes().decode("utf-8", "replace")
    try:
        assert faults(file.stem, text)
    except YAMLError:
        pytest.skip("no YAML at all: an editor shows that without a schema")


def test_every_code_of_form_that_the_corpus_has_is_looked_for():
    seen = {
        code
        for parameter in wrong_in_form()
        for code in re.findall(r"#! (\S+)", parameter.values[0].read_bytes().decode("utf-8", "replace"))
    }
    assert seen >= OF_FORM


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("at: -3d", "at: -3 ngày"),
        ("at: -3d", "at: 3"),
        ("at: -4h, to: officer", "at: -4h, to: {}"),
        ("to: chairman, every: 1d", "to: chairman, every: daily"),
        ("    match: {}", "    match: {units: TP}"),
        ("ack_mutes: 1d", "ack_mute: 1d"),
        ("to: chairman", "to: 'chair man'"),
    ],
)
def test_a_slip_in_the_samples_rules_is_shown_while_it_is_typed(old, new):
    text = (ROOT / "config" / "escalation.yaml").read_text("utf-8")
    assert old in text
    assert faults("escalation", text.replace(old, new, 1))


def models():
    """All models that the files are made of."""
    todo = list(MODELS.values())
    seen = set()
    while todo:
        model = todo.pop()
        if model in seen:
            continue
        seen.add(model)
        for field in model.model_fields.values():
            todo += classes(field.annotation)
            todo += [kind for note in field.metadata for kind in classes(note)]
    return seen


def classes(annotation):
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        return [annotation]
    return [kind for part in getattr(annotation, "__args__", ()) for kind in classes(part)]


def test_every_key_has_help_in_both_languages_vietnamese_first():
    found = models()
    assert len(found) > 20
    for model in found:
        for name, field in model.model_fields.items():
            vietnamese, english = helping.help_of(model, field.alias or name).split("\n\n")
            assert vietnamese.strip(), (model, name)
            assert english.strip(), (model, name)
            assert english.isascii() or "…" in english, "English second"


def test_no_help_is_left_of_a_key_that_is_gone():
    known = {}
    for model in models():
        for each in model.__mro__:
            keys = {field.alias or name for name, field in model.model_fields.items()}
            known.setdefault(each.__name__, set()).update(keys)
    assert {
        (model, key) for model, rows in helping.MODELS.items() for key in rows if key not in known.get(model, ())
    } == set()


@pytest.mark.parametrize("file", FILES)
def test_every_key_that_an_editor_offers_shows_its_help(file):
    def look(node):
        if isinstance(node, list):
            for item in node:
                look(item)
        if not isinstance(node, dict):
            return
        for name, shown in node.get("properties", {}).items():
            assert shown.get("description"), name
            assert "$ref" not in shown, "in this dialect nothing beside a bare reference is read"
        for item in node.values():
            look(item)

    look(schema(file))


def test_the_shipped_schemas_are_those_of_the_models():
    """`alertd schema --out config/schema` writes them anew."""
    assert {path.name for path in SHIPPED.iterdir()} == {f"{file}.json" for file in FILES}
    for file in FILES:
        assert json.loads((SHIPPED / f"{file}.json").read_text("utf-8")) == schema(file), f"{file}.json is out of date"


@pytest.mark.parametrize("folder", SAMPLES, ids=lambda path: path.name)
def test_the_samples_name_their_schema_in_the_first_line(folder):
    for name in [*load(folder).text, "tests/standard.yaml"]:
        first = (folder / name).read_text("utf-8").splitlines()[0]
        path = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)[1]
        kind = "tests" if "/" in name else Path(name).stem
        assert (folder / name).parent.joinpath(path).resolve() == SHIPPED / f"{kind}.json"
