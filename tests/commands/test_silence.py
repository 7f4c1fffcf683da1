"""`alertd silence`: who is silenced until when and why; mistakes are refused with what would be right."""

from __future__ import annotations

import pytest

from tests.commands.ground import stored

GIVEN = ("--unit", "TP", "--until", "2099-06-06T10:00", "--reason", "nâng cấp cổng")


@pytest.fixture
def ready(alertd, config):
    """A configuration whose database is there."""
    assert alertd("db", "upgrade", "--config", config).code == 0
    return config


def test_a_unit_is_silenced_listed_and_ended(alertd, ready, url):
    done = alertd("silence", *GIVEN, "--config", ready)
    assert (done.code, done.out) == (0, "1: Phòng Tư pháp (TP) đến 10:00 06/06/2099: nâng cấp cổng\n")
    ((_, unit, since, until, reason),) = stored(url)["silences"]
    assert (unit, until.isoformat(), reason) == ("TP", "2099-06-06T03:00:00+00:00", "nâng cấp cổng")
    assert since < until
    listed = alertd("silence", "--list", "--config", ready)
    assert "Phòng Tư pháp" in listed.out
    assert "nâng cấp cổng" in listed.out
    assert alertd("silence", "--end", "1", "--config", ready).out == "1: đã kết thúc\n"
    assert alertd("silence", "--list", "--config", ready).out == "không có đơn vị nào đang tạm không nhắc\n"
    again = alertd("silence", "--end", "1", "--config", ready)
    assert (again.code, again.line) == (2, "--end: no silence 1 holds now; there is: none")


def test_a_bare_date_ends_a_silence_where_that_day_begins_and_the_help_says_so(alertd, ready):
    done = alertd("silence", *GIVEN[:3], "2099-06-06", *GIVEN[4:], "--config", ready)
    assert done.out == "1: Phòng Tư pháp (TP) đến 00:00 06/06/2099: nâng cấp cổng\n"
    assert "chỉ ghi ngày là 00:00 ngày đó" in " ".join(alertd("silence", "--help").out.split())


def test_a_unit_may_be_given_by_its_name(alertd, ready):
    done = alertd("silence", "--unit", "phong tu phap", *GIVEN[2:], "--config", ready)
    assert done.out.startswith("1: Phòng Tư pháp (TP)")


def test_a_reason_may_be_one_short_word(alertd, ready):
    assert alertd("silence", *GIVEN[:5], "bão", "--config", ready).out.endswith(": bão\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--unit", "TQ", *GIVEN[2:]), "--unit: no unit is called 'TQ'; known are: "),
        ((*GIVEN[:3], "2020-01-01", *GIVEN[4:]), "--until: 00:00 01/01/2020 has passed"),
        ((*GIVEN[:3], "mai", *GIVEN[4:]), "--until: 'mai' is not an instant"),
        ((*GIVEN[:5], "   "), "--reason: write why"),
        (GIVEN[:4], "--reason: write why"),
        ((*GIVEN[:2], *GIVEN[4:]), "--until: write when"),
        (GIVEN[2:], "--unit: write the code or the name"),
        ((), "silence: give --unit, --until and --reason together, or --list, or --end ID"),
        ((*GIVEN, "--list"), "silence: give"),
        (("--list", "--end", "1"), "silence: give"),
        (("--end", "7"), "--end: no silence 7 holds now"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_and_nothing_is_written(alertd, ready, url, arguments, said):
    done = alertd("silence", *arguments, "--config", ready)
    assert done.code == 2
    assert done.line.startswith(said)
    assert stored(url)["silences"] == []


def test_an_unknown_unit_is_refused_with_the_nearest_name(alertd, ready):
    done = alertd("silence", "--unit", "Phòng Tư phap 1", *GIVEN[2:], "--config", ready)
    assert done.code == 2
    assert "Phòng Tư pháp" in done.line
