from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from alertd.channels.wire import Heard
from alertd.channels.zalo import answers, codes
from alertd.channels.zalo.codes import Host
from alertd.core.outcome import Outcome, Scope

NOW = datetime(2024, 6, 4, 9, 0, 30, tzinfo=UTC)
NEXT_DAY = datetime(2024, 6, 4, 23, 5, tzinfo=UTC)
TOKEN = "TEST-token-of-nobody"

R, P, D, A, T = (
    Outcome.PERM_RECIPIENT,
    Outcome.PERM_PAYLOAD,
    Outcome.CHANNEL_DOWN,
    Outcome.AUTH,
    Outcome.TRANSIENT,
)
#: The tables of the reference, written out anew: outcome by code.
OA = {
    -32: Outcome.RATE_LIMITED,
    -200: T, -201: P, -204: D, -205: D, -209: D, -210: P, -211: Outcome.QUOTA, -212: D, -213: R, -216: A, -217: R,
    -218: Outcome.DEFER, -219: D, -220: A, -221: D, -223: D, -224: D, -227: R, -230: R, -232: R, -233: P,
    -234: Outcome.DEFER, -235: D, -237: R, -240: P, -242: D, -244: R, -248: P, -249: P, -320: D, -321: D, -403: R,
}  # fmt: skip
ZBS = {
    -100: T, -108: R, -109: P, -111: P, -112: P, -1121: P, -1122: P, -1124: P, -113: P, -116: P, -121: P, -122: P,
    -130: P, -132: P, -110: R, -114: R, -118: R, -119: R, -139: R, -140: R, -141: R, -115: D, -137: D, -136: D,
    -1381: D, -117: D, -120: D, -131: D, -135: D, -1351: D, -138: D, -145: D, -146: D, -124: A, -144: Outcome.QUOTA,
    -147: Outcome.QUOTA, -1441: Outcome.QUOTA, -1471: Outcome.QUOTA, -1472: Outcome.QUOTA, -133: Outcome.DEFER,
}  # fmt: skip


def heard(content, status=200, **headers):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Heard(status, headers, body)


def judged(answer, host=Host.OA, *, template=False):
    return answers.classify(host, answer, NOW, part_id="m1-1", template=template, secret=TOKEN)


@pytest.mark.parametrize(("code", "outcome"), OA.items())
def test_every_code_of_the_account_has_its_outcome(code, outcome):
    result = judged(heard({"error": code, "message": "said"}))

    assert (result.outcome, result.code) == (outcome, f"zoa:{code}")
    assert result.detail.endswith(": said")


@pytest.mark.parametrize(("code", "outcome"), ZBS.items())
def test_every_code_of_a_template_has_its_outcome(code, outcome):
    result = judged(heard({"error": code, "message": "said"}), Host.ZBS, template=True)

    assert (result.outcome, result.code) == (outcome, f"zbs:{code}")


def test_the_tables_hold_these_codes_and_no_others():
    assert {row.code for row in codes.OA} == OA.keys()
    assert {row.code for row in codes.ZBS} == ZBS.keys()
    assert len(codes.OA) == len(OA)
    assert len(codes.ZBS) == len(ZBS)
    assert not OA.keys() & ZBS.keys(), "a template by user id looks in both"


@pytest.mark.parametrize("row", [*codes.OA, *codes.ZBS], ids=lambda row: str(row.code))
def test_every_row_is_about_what_its_outcome_says_and_comes_back_when_it_asks_to(row):
    scopes = {
        Outcome.PERM_RECIPIENT: {Scope.RECIPIENT, Scope.GROUP},
        Outcome.PERM_PAYLOAD: {Scope.MESSAGE},
        Outcome.TRANSIENT: {Scope.MESSAGE},
        Outcome.CHANNEL_DOWN: {Scope.CHANNEL},
        Outcome.AUTH: {Scope.CHANNEL},
        Outcome.RATE_LIMITED: {Scope.CHANNEL},
    }
    assert row.scope in scopes.get(row.outcome, set(Scope))
    asks = {Outcome.RATE_LIMITED, Outcome.QUOTA, Outcome.DEFER}
    assert (row.again is not None) == (row.outcome in asks)


@pytest.mark.parametrize(
    ("host", "code", "at"),
    [
        (Host.OA, -32, datetime(2024, 6, 4, 9, 1, tzinfo=UTC)),
        (Host.OA, -211, NEXT_DAY),
        (Host.ZBS, -144, NEXT_DAY),
        (Host.ZBS, -1472, NEXT_DAY),
        (Host.OA, -218, datetime(2024, 6, 4, 10, 0, 30, tzinfo=UTC)),
    ],
)
def test_an_answer_that_asks_for_a_pause_names_its_end(host, code, at):
    assert judged(heard({"error": code}), host).retry_at == at


@pytest.mark.parametrize(("host", "code"), [(Host.OA, -234), (Host.ZBS, -133)])
def test_what_is_not_sent_at_night_waits_for_the_morning(host, code):
    at = judged(heard({"error": code}), host).retry_at

    assert 0 <= (at - NEXT_DAY).total_seconds() < 600


@pytest.mark.parametrize("code", [-216, "-216", " -216 "])
def test_a_code_may_be_a_quoted_string(code):
    assert judged(heard({"error": code})).code == "zoa:-216"


@pytest.mark.parametrize(
    ("host", "template", "code", "expected"),
    [
        (Host.OA, False, -124, "zoa:unclassified:-124"),
        (Host.OA, True, -124, "zoa:-124"),
        (Host.OA, True, -144, "zoa:-144"),
        (Host.ZBS, True, -216, "zbs:unclassified:-216"),
        (Host.OA, False, -9999, "zoa:unclassified:-9999"),
        (Host.ZBS, True, 7, "zbs:unclassified:7"),
    ],
)
def test_a_code_means_what_its_host_says_and_an_unknown_one_is_transient_and_countable(host, template, code, expected):
    result = judged(heard({"error": code, "message": "news"}), host, template=template)

    assert result.code == expected
    if "unclassified" in expected:
        assert (result.outcome, result.detail) == (Outcome.TRANSIENT, "news")


@pytest.mark.parametrize(
    ("answer", "outcome", "code"),
    [
        pytest.param(heard(b"<html>"), Outcome.UNKNOWN, "zoa:not_json", id="200 in HTML"),
        pytest.param(heard(b""), Outcome.UNKNOWN, "zoa:not_json", id="200 without a body"),
        pytest.param(heard(b"[" * 60_000), Outcome.UNKNOWN, "zoa:not_json", id="nested without end"),
        pytest.param(heard([]), Outcome.UNKNOWN, "zoa:not_json", id="a list"),
        pytest.param(heard({"data": {}}), Outcome.UNKNOWN, "zoa:no_code", id="no code"),
        pytest.param(heard({"error": None}), Outcome.UNKNOWN, "zoa:no_code", id="an empty code"),
        pytest.param(heard({"error": True}), Outcome.UNKNOWN, "zoa:no_code", id="true is no code"),
        pytest.param(heard({"error": "soon"}), Outcome.UNKNOWN, "zoa:no_code", id="a word for a code"),
        pytest.param(heard({"error": 0}, 202), Outcome.UNKNOWN, "zoa:http:202", id="another success"),
        pytest.param(heard(b"<html>", 502), Outcome.UNKNOWN, "zoa:http:502", id="502 in HTML"),
        pytest.param(heard({"error": 0}, 500), Outcome.UNKNOWN, "zoa:http:500", id="500 that says success"),
        pytest.param(heard({"error": -9999}, 503), Outcome.UNKNOWN, "zoa:http:503", id="503 with an unknown code"),
        pytest.param(heard({"error": -32}, 503), Outcome.RATE_LIMITED, "zoa:-32", id="503 with a known code"),
        pytest.param(heard(b"", 408), Outcome.UNKNOWN, "zoa:http:408", id="408"),
        pytest.param(heard(b"", 409), Outcome.UNKNOWN, "zoa:http:409", id="409"),
        pytest.param(heard(b"<html>", 403), Outcome.CHANNEL_DOWN, "zoa:http:403", id="a firewall"),
        pytest.param(heard(b"", 302), Outcome.CHANNEL_DOWN, "zoa:http:302", id="a redirect"),
        pytest.param(heard(b"", 404), Outcome.CHANNEL_DOWN, "zoa:http:404", id="a wrong address"),
        pytest.param(heard(b"", 429), Outcome.RATE_LIMITED, "zoa:http:429", id="429 of a gateway"),
    ],
)
def test_an_answer_in_another_form_is_classified(answer, outcome, code):
    result = judged(answer)

    assert (result.outcome, result.code) == (outcome, code)


def test_a_success_gives_the_providers_id_of_either_name():
    by_user = judged(heard({"error": 0, "data": {"message_id": "63ec"}}))
    by_phone = judged(heard({"error": "0", "data": {"msg_id": "a1"}}), Host.ZBS)

    assert (by_user.outcome, by_user.provider_id) == (Outcome.ACCEPTED, "63ec")
    assert (by_phone.outcome, by_phone.provider_id) == (Outcome.ACCEPTED, "a1")
    assert judged(heard({"error": 0})).provider_id is None


@pytest.mark.parametrize(
    ("limit", "remain", "at"),
    [
        ("4000", "399", datetime(2024, 6, 4, 9, 1, tzinfo=UTC)),
        ("4000", "400", None),
        ("4000", None, None),
        (None, "1", None),
        ("0", "0", None),
        ("many", "few", None),
    ],
)
def test_a_rate_that_is_nearly_used_up_pauses_until_the_next_minute(limit, remain, at):
    headers = {"X-RateLimit-Limit": limit, "X-RateLimit-Remain": remain}
    result = judged(heard({"error": 0}, **{name: value for name, value in headers.items() if value is not None}))

    assert (result.outcome, result.resume_at) == (Outcome.ACCEPTED, at)


def test_a_detail_says_what_zalo_said_without_token_and_number():
    said = f"Phone 84 912-345.678 of {TOKEN} is\ninvalid"
    detail = judged(heard({"error": -108, "message": said}), Host.ZBS).detail

    assert detail == "the phone number is invalid: Phone *** of *** is invalid"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"quota": {"dailyQuota": "500", "remainingQuota": "49"}}, (500, 49)),
        ({"quota": {"dailyQuota": 500, "remainingQuota": 49}}, (500, 49)),
        ({"quota": {"dailyQuota": "0", "remainingQuota": "0"}}, None),
        ({"quota": {"remain": "1"}}, None),
        ({"quota": None}, None),
        (None, None),
    ],
)
def test_the_quota_is_read_where_an_answer_tells_it(data, expected):
    assert answers.quota(heard({"error": 0, "data": data})) == expected
