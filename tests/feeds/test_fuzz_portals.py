"""Whatever a portal writes, its readers give observations or say why not, and never fail in any other way."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertd.core.dossier import Filing, Observation, Phase, Reject
from alertd.core.errors import FeedError
from alertd.feeds.answers import Answers
from alertd.feeds.dates import Dates
from alertd.feeds.http_answer import parsed
from alertd.feeds.igate_dossier import Dossiers as OfIgate
from alertd.feeds.keycloak import Token, life_of
from alertd.feeds.opencps_dossier import Dossiers as OfOpencps
from alertd.feeds.series import whole
from alertd.feeds.statuses import LABELS, LOCKS, OPENCPS, Statuses

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
RECORDED = Path(__file__).parent / "recorded"
READERS = {
    "opencps": OfOpencps(Dates(HANOI, z_is_local=True, epoch_ms=True), Statuses({}), {}, Answers(), None),
    "igate": OfIgate(Dates(HANOI, epoch_ms=True), Statuses({}), {}, Answers(), None),
}
ROWS = {
    "opencps": json.loads((RECORDED / "opencps-dossiers.json").read_text("utf-8"))["data"],
    "igate": json.loads((RECORDED / "igate-page.json").read_text("utf-8"))["content"],
}

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from([*LABELS, *OPENCPS, *LOCKS, "0", "9" * 5000, "05/06/2024", "2024-06-05T24:00:00.000+0700"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "code", "name", "languageId", "fullname", "agency", "assignee", "value"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def check(reader, row):
    key = reader.key_of(row)
    assert isinstance(key, str)
    results = reader.read(1, key, row)
    assert sum(isinstance(result, Observation) for result in results) <= 1
    for result in results:
        if isinstance(result, Reject):
            assert result.reason
            assert "\n" not in result.reason
            continue
        assert result.key == key != ""
        assert result.code
        assert isinstance(result.phase, Phase)
        assert isinstance(result.channel, Filing)
        assert result.due_at is None or result.due_on is None
        for field in fields(result):
            value = getattr(result, field.name)
            if isinstance(value, datetime):
                assert value.tzinfo is UTC
                assert 1999 <= value.year <= 2100
        json.dumps(result.values())
        result.digest()


@pytest.mark.parametrize("kind", READERS)
@given(data=st.data())
def test_a_dossier_with_anything_in_any_field_is_read_or_refused(kind, data):
    row = dict(data.draw(st.sampled_from(ROWS[kind])))
    names = st.sampled_from(sorted({name for each in ROWS[kind] for name in each} | {"removeStatus", "procedureLevel"}))
    row |= data.draw(st.dictionaries(names, anything, max_size=8))
    check(READERS[kind], row)


@pytest.mark.parametrize("kind", READERS)
@given(row=anything)
def test_anything_in_place_of_a_dossier_is_read_or_refused(kind, row):
    check(READERS[kind], row)


@given(value=anything)
def test_a_count_is_one_or_none(value):
    assert whole(value) is None or whole(value) >= 0


@given(value=anything)
def test_a_token_lasts_some_time_whatever_its_answer_says(value):
    assert 0 < life_of({"expires_in": value}) < float("inf")


@given(answer=anything)
async def test_a_token_is_one_line_of_text_or_an_error(answer):
    class Answering:
        where = "feed cong: http://127.0.0.1:1"

        async def post(self, path, *, form):
            return answer if not isinstance(answer, str) else {"access_token": answer}

    try:
        headers = await Token(Answering(), "", {}).headers()
    except FeedError:
        return
    assert headers["Authorization"].isascii()
    assert headers["Authorization"].isprintable()


@given(body=st.binary(max_size=40) | anything.map(lambda value: json.dumps(value).encode()))
def test_a_body_is_json_or_an_error(body):
    response = SimpleNamespace(headers={"Content-Type": "application/json"})
    try:
        text = json.dumps(parsed(response, body, "feed cong: http://127.0.0.1:1"))
    except FeedError as error:
        text = str(error)
    assert "\n" not in text
