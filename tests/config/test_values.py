"""How each kind of value reads, row by row."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from alertd.config import values
from alertd.config.tree import scalar
from alertd.core.freshness import MaxAge


def read(kind, text):
    return TypeAdapter(kind).validate_python(scalar(text, plain=True))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (values.Text, "  ở đây ", "ở đây"),
        (values.Elapsed, "60s", timedelta(seconds=60)),
        (values.Elapsed, "1.5h", timedelta(minutes=90)),
        (values.Age, "1h", MaxAge(elapsed=timedelta(hours=1))),
        (values.Age, "1d", MaxAge(working_days=1)),
        (values.Clock, "07:30", time(7, 30)),
        (values.SessionText, "20:00-24:00", (1200, 1440)),
        (values.QuietText, "21:30-06:30", (time(21, 30), time(6, 30))),
        (values.WeekTimeText, "Sun 24:00", (6, 1440)),
        (values.WeekTimeText, "mon 07:30", (0, 450)),
        (values.ListenText, "127.0.0.1:8080", ("127.0.0.1", 8080)),
        (values.ListenText, "[::1]:80", ("::1", 80)),
        (values.Share, "20%", 0.2),
        (values.Day, "2024-02-29", date(2024, 2, 29)),
        (values.Count, "200", 200),
        (values.Hours, "7.5", 7.5),
        (values.PersonText, "person:van-phong", "van-phong"),
        (values.Code, "=TP"[1:], "TP"),
    ],
)
def test_right(kind, text, value):
    assert read(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (values.Text, " ", "text.empty"),
        (values.Text, "no", "yaml.surprise"),
        (values.Elapsed, "0s", "elapsed.bad"),
        (values.Elapsed, "1d", "elapsed.bad"),
        (values.Age, "0d", "age.bad"),
        (values.Age, "a day", "age.bad"),
        (values.Clock, "07h30", "time.bad"),
        (values.Clock, "07:60", "time.bad"),
        (values.SessionText, "07:30", "session.bad"),
        (values.QuietText, "07:30-07:30", "quiet.bad"),
        (values.WeekTimeText, "1 07:30", "weektime.bad"),
        (values.ListenText, "8080", "listen.bad"),
        (values.ListenText, "host:99999", "listen.bad"),
        (values.Share, "0%", "share.bad"),
        (values.Share, "120%", "share.bad"),
        (values.Offset, "0%", "offset.bad"),
        (values.Offset, "100%", "offset.bad"),
        (values.Offset, "1.5cd", "offset.bad"),
        (values.Offset, "3", "offset.bad"),
        (values.Amount, "0h", "amount.bad"),
        (values.Amount, "50%", "amount.bad"),
        (values.Day, "2024-02-30", "date.bad"),
        (values.Day, "2024-W01-1", "date.bad"),
        (values.Day, "02/05/2024", "date.bad"),
        (values.Count, "0", "number.bad"),
        (values.Count, "1.5", "number.bad"),
        (values.Hours, "nan", "number.bad"),
        (values.Zone, "Asia/Hanoi", "zone.unknown"),
        (values.PersonText, "group:x", "person.bad"),
        (values.PersonText, "person:", "person.bad"),
        (values.PeopleText, "head", "people.bad"),
        (values.TargetText, "head@kind", "target.bad"),
        (values.TargetText, "head @TP", "target.bad"),
        (values.Code, "parent", "code.bad"),
        (values.Code, "a@b", "code.bad"),
    ],
)
def test_wrong(kind, text, code):
    with pytest.raises(ValidationError) as caught:
        read(kind, text)
    assert caught.value.errors()[0]["type"] == code


@pytest.mark.parametrize("value", [None, [], {}])
def test_no_text_at_all(value):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(values.Text).validate_python(value)
    assert caught.value.errors()[0]["type"] == "type.text"


@pytest.mark.parametrize("url", ["https://a.example:8443/x?y", "http://127.0.0.1/", "${URL}/x"])
def test_addresses(url):
    assert values.http_url(url) == url


@pytest.mark.parametrize("url", ["ftp://a", "https://", "a.example", "http://[", "http://a:99999"])
def test_wrong_addresses(url):
    with pytest.raises(values.PydanticCustomError):
        values.http_url(url)
