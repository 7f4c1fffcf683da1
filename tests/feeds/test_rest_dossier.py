from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from alertd.config.paths import compiled
from alertd.core.dossier import FIELDS, Filing, Observation, Reject
from alertd.feeds.answers import Answers
from alertd.feeds.dates import Dates
from alertd.feeds.filing import own_values
from alertd.feeds.rest_dossier import Dossiers
from alertd.feeds.statuses import Statuses

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
PATHS = {
    "code": "$.ma",
    "status": "$.tt",
    "unit": "$.dv",
    "officer": "$.cb",
    "channel": "$.kenh",
    "received_at": "$.nhan",
    "due_at": "$.hen",
    "finished_at": "$.xong",
    "returned_at": "$.tra",
    "aliases": "$['bn', 'khac']",
    "step_due_at": "$.hanBuoc",
    "accept_due_at": "$.hanNhan",
    "due_before_at": "$.bs[*].truoc",
    "supplements": "$.bs",
    "service_level": "$.muc",
    "fee_total": "$.phi[*].gia",
    "paid_online": "$.tra[*]",
    "result_digital": "$.kq[*].tep",
    "components_digital": "$.tp[*].so",
    "procedure": "$.thuTuc",
}
ROW = {"ma": "H27-1", "tt": "4", "nhan": "20240603080000", "hen": "20240605160000"}


def reader(paths=None, **more):
    given_ = {
        "dates": Dates(HANOI),
        "statuses": Statuses.of({}),
        "channels": own_values({"direct": ["1"], "online": ["2"], "postal": ["3"]}),
        "answers": Answers.of({
            "paid_online": {"yes": ["1", "2"], "no": ["3"]},
            "result_digital": {"yes": ["*"], "no": ["-"]},
        }),
        **more,
    }  # fmt: skip
    fields = {name: [compiled(path)] for name, path in ({**PATHS, "paid_online": "$.tt_tien"} | (paths or {})).items()}
    return Dossiers(fields, **given_)


def taken(row, paths=None, **more):
    one = reader(paths, **more)
    observation, *damaged = one.read(1, one.key_of(row), {**ROW, **row} if isinstance(row, dict) else row)
    return observation, [reject.reason for reject in damaged]


def seen(row, paths=None, **more):
    one = reader(paths, **more)
    whole = {**ROW, **row}
    (observation,) = one.read(1, one.key_of(whole), whole)
    assert isinstance(observation, Observation), observation
    return observation


def test_a_row_becomes_an_observation_and_what_no_path_leads_to_stays_behind():
    shown = seen({"dv": "Phòng Tư pháp", "cb": "tp.a##tp.b", "chuHoSo": "Công dân mẫu 12", "cccd": "000000000012"})
    assert (shown.key, shown.code, shown.unit, shown.officers) == ("H27-1", "H27-1", "Phòng Tư pháp", ("tp.a", "tp.b"))
    assert (shown.phase, shown.status) == ("running", "4")
    assert shown.due_at == datetime(2024, 6, 5, 16, tzinfo=HANOI)
    assert "mẫu" not in str(shown)
    assert "000000000012" not in str(shown)


@pytest.mark.parametrize(
    ("code", "expected"),
    [(" h27 – 1\u200b", ("H27-1", "h27 – 1")), (352112000539, ("352112000539",) * 2), ("00352112", ("00352112",) * 2)],
)
def test_the_code_is_kept_as_written_and_matched_without_its_noise(code, expected):
    shown = seen({"ma": code})
    assert (shown.key, shown.code) == expected


@pytest.mark.parametrize("code", ["3.52112E+11", 3.52112e11, 1.5, "3,5e+9"])
def test_a_code_that_was_rounded_is_refused_loudly(code):
    (reject,) = reader().read(7, "", {**ROW, "ma": code})
    assert (reject.row, reject.code) == (7, "")
    assert reject.reason.startswith("code: the code is a rounded number, its last digits are lost")


@pytest.mark.parametrize("code", [None, "", " ", [], True, {"so": 1}])
def test_a_row_without_a_code_is_set_aside(code):
    (reject,) = reader().read(1, "", {**ROW, "ma": code})
    assert reject.reason.startswith("code: ")


def test_a_key_of_its_own_counts_before_the_code_and_must_be_there():
    one = reader({"key": "$.id"})
    row = {**ROW, "id": 77}
    assert one.key_of(row) == "77"
    assert one.read(1, "77", row)[0].key == "77"
    (reject,) = one.read(1, one.key_of(ROW), ROW)
    assert reject.reason.startswith("key: nothing is found")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("20240605160000", (16, None)),
        ("05/06/2024 16:00:00", (16, None)),
        ("2024-06-05T09:00:00.000+0000", (16, None)),
        ("2024-06-05T09:00:00Z", (16, None)),
        ("05/06/2024", (None, date(2024, 6, 5))),
        ("2024-06-04T17:00:00.000+0000", (None, date(2024, 6, 5))),
        ("", (None, None)),
        (None, (None, None)),
        (0, (None, None)),
        ("0", (None, None)),
        ("00010101000000", (None, None)),
    ],
)
def test_a_due_date_is_read_in_every_form_and_its_absence_too(written, expected):
    shown = seen({"hen": written})
    assert (shown.due_at and shown.due_at.astimezone(HANOI).hour, shown.due_on) == expected


def test_the_rules_for_dates_are_the_feeds_own():
    late = seen({"hen": "2024-06-05T16:00:00Z"}, dates=Dates(HANOI, z_is_local=True))
    assert late.due_at == datetime(2024, 6, 5, 16, tzinfo=HANOI)
    assert seen({"hen": 1717578000000}, dates=Dates(HANOI, epoch_ms=True)).due_at == late.due_at
    assert seen({"hen": "20240605000000"}, due_midnight="exact").due_at == datetime(2024, 6, 5, tzinfo=HANOI)
    assert seen({"hen": "20240605160000"}, dates=Dates(ZoneInfo("UTC"))).due_at == datetime(2024, 6, 5, 16, tzinfo=UTC)


@pytest.mark.parametrize("field", ["hen", "nhan", "xong"])
@pytest.mark.parametrize("value", ["sớm", True, 7, ["20240605160000", "20240606160000"], {"a": 1}])
def test_a_damaged_date_that_decides_sets_the_row_aside(field, value):
    (reject,) = reader().read(1, "H27-1", {**ROW, field: value})
    assert isinstance(reject, Reject)
    assert reject.code == "H27-1"


@pytest.mark.parametrize(
    ("field", "name"),
    [("hanBuoc", "step_due_at"), ("hanNhan", "accept_due_at"), ("tra", "returned_at")],
)
def test_a_damaged_date_by_which_nothing_is_decided_is_noted_and_the_row_is_kept(field, name):
    shown, damaged = taken({field: "sớm", "ma": "H27-1"})
    assert getattr(shown, name) is None
    assert damaged == [f"{name}: 'sớm' is not a date; {damaged[0].partition('date; ')[2]}"]
    assert damaged[0].endswith("; the rest of the row was taken")


def test_a_text_that_may_name_a_citizen_is_in_no_reason():
    (reject,) = reader().read(1, "H27-1", {**ROW, "hen": "Công dân Mẫu 12"})
    assert "Mẫu" not in reject.reason
    shown, damaged = taken({"ma": "H27-1", "thuTuc": ["Công dân Mẫu 12", "Đất đai"]})
    assert shown.procedure == ""
    assert "Mẫu" not in damaged[0]
    assert damaged[0].startswith("procedure: the path finds 2 values that differ")


@pytest.mark.parametrize(
    ("written", "expected"),
    [("1", "direct"), ("2", "online"), (3, "postal"), ("0", "unknown"), ("", "unknown"), ("true", "unknown")],
)
def test_a_channel_outside_the_feeds_own_table_is_unknown(written, expected):
    assert seen({"kenh": written}).channel == expected


def test_without_a_table_the_usual_words_say_the_channel():
    assert seen({"kenh": "Trực tuyến"}, channels={}).channel is Filing.ONLINE


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1", True),
        (2, True),
        ("3", False),
        ("4", None),
        ("", None),
        (None, None),
        (["1", "3"], True),
        (["3", "9"], None),
    ],
)
def test_paid_online_is_yes_no_or_unknown_and_unknown_is_never_no(written, expected):
    assert seen({"tt_tien": written}).paid_online is expected


@pytest.mark.parametrize(
    ("papers", "expected"),
    [
        ([{"tep": "https://kho.example/1.pdf"}], True),
        ([{"tep": ""}, {"tep": "https://kho.example/1.pdf"}], True),
        ([{"tep": ""}], False),
        ([{"tep": None}, {"tep": " "}], False),
        ([], None),
        ([{"khac": 1}], None),
        (None, None),
    ],
)
def test_a_result_is_digital_by_the_address_of_its_file(papers, expected):
    assert seen({"kq": papers}).result_digital is expected


@pytest.mark.parametrize(
    ("components", "expected"),
    [(["1", "1"], True), (["1", "0"], False), (["1", ""], None), (["0", "?"], False), ([], None)],
)
def test_components_are_digital_when_every_one_is(components, expected):
    assert seen({"tp": [{"so": each} for each in components]}).components_digital is expected


@pytest.mark.parametrize(
    ("fees", "expected"),
    [
        ([], (None, None)),
        (["50000", "8.000"], (58000, True)),
        ([0, "0"], (0, False)),
        (["1.234.000 đ", 1000], (1_235_000, True)),
        ([""], (None, None)),
    ],
)
def test_fees_are_added_up_and_one_above_zero_is_a_fee(fees, expected):
    shown = seen({"phi": [{"gia": each} for each in fees]})
    assert (shown.fee_total, shown.fee) == expected


@pytest.mark.parametrize("fee", ["miễn", -5, 0.5, float("nan"), float("inf"), 10**16, "9" * 40])
def test_what_is_no_amount_is_noted_and_leaves_the_sum_unknown(fee):
    shown, damaged = taken({"ma": "H27-1", "phi": [{"gia": fee}, {"gia": 5}]})
    assert (shown.fee_total, shown.fee) == (None, None)
    assert damaged == [
        "fee_total: what is found is no whole number of đồng; check the path; the rest of the row was taken"
    ]


def test_supplements_are_counted_and_of_earlier_due_dates_the_latest_was_replaced():
    asked = [{"truoc": "20240604160000"}, {"truoc": "20240610160000"}, {"truoc": ""}]
    shown = seen({"bs": asked})
    assert shown.supplements == 3
    assert shown.due_before_at == datetime(2024, 6, 10, 16, tzinfo=HANOI)
    assert seen({"bs": []}).supplements == 0
    assert seen({}).supplements is None


def test_aliases_are_other_codes_and_never_the_same_one_again():
    assert seen({"bn": "00352112", "khac": " h27-1"}).aliases == ("00352112",)
    assert seen({"bn": ["a", "b"], "khac": None}).aliases == ("a", "b")


@pytest.mark.parametrize(("written", "expected"), [("4", "full"), (3, "partial"), ("Toàn trình", "full"), ("9", "")])
def test_the_service_level_is_known_or_empty(written, expected):
    assert seen({"muc": written}).service_level == expected


def test_without_deadlines_none_is_kept_and_all_else_is():
    row = {"hanBuoc": "20240604160000", "hanNhan": "20240604160000", "bs": [{"truoc": "20240604160000"}]}
    shown = seen(row, deadlines=False)
    assert (shown.due_at, shown.due_on, shown.step_due_at, shown.accept_due_at) == (None,) * 4
    assert (shown.received_at, shown.supplements) == (datetime(2024, 6, 3, 8, tzinfo=HANOI), 1)
    assert seen({"hen": "20240605000000"}, deadlines=False).due_on is None


@pytest.mark.parametrize(
    ("finish", "phase"),
    [("", "unknown"), ("20240603080000", "unknown"), ("20240602080000", "unknown"), ("20240604080000", "done")],
)
def test_done_without_a_finish_after_the_receipt_is_not_believed_where_the_feed_says_so(finish, phase):
    shown = seen({"tt": "9", "xong": finish}, done_needs_finish=True)
    assert shown.phase == phase
    assert (shown.finished_at is None) == (phase == "unknown")
    assert seen({"tt": "9", "xong": finish}).phase == "done"


def test_dates_without_a_time_are_known_by_their_day():
    shown = seen({"nhan": "03/06/2024", "tra": "2024-06-05T17:00:00Z", "xong": "20240605160000"})
    assert shown.day_only == ("received_at", "returned_at")


def test_what_a_paused_dossier_waits_for_is_known():
    assert seen({"tt": "5"}).pause == "supplement"
    assert seen({"tt": "6"}).pause == "obligation"
    assert seen({"tt": "4"}).pause is None


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.from_regex(
        r"[0-9]{14}|[0-9/: -]{1,19}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,12}(Z|[+-][0-9]{4})?", fullmatch=True
    ),
    st.sampled_from(["1", "0", "có", "x", "9", "05", "1.234.000 đ", "3.5E+11", "\x00", "\ud800", "-", "*"]),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["gia", "tep", "so", "truoc", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = ["ma", "tt", "dv", "cb", "kenh", "nhan", "hen", "xong", "tra", "bn", "khac", "hanBuoc", "hanNhan", "bs", "muc",
        "phi", "tt_tien", "kq", "tp", "thuTuc"]  # fmt: skip


@seed(20240603)
@settings(max_examples=1500, deadline=None)
@given(
    row=st.one_of(JSON, st.dictionaries(st.sampled_from(KEYS), JSON), st.dictionaries(st.sampled_from(KEYS), SCALARS))
)
def test_whatever_json_comes_is_an_observation_or_a_reason_and_can_be_stored(row):
    one = reader(done_needs_finish=True)
    results = one.read(1, one.key_of(row), row)
    assert results
    assert sum(isinstance(result, Observation) for result in results) <= 1
    for result in results:
        if isinstance(result, Reject):
            assert result.reason
            result.code.encode()
            continue
        for name in FIELDS:
            value = getattr(result, name)
            for each in value if isinstance(value, tuple) else (value,):
                assert each is None or isinstance(each, str | bool | int | datetime | date)
                if isinstance(each, str):
                    each.encode()  # neither a lone surrogate nor a NUL can be stored
                    assert "\x00" not in each
                if isinstance(each, datetime):
                    assert each.tzinfo is not None
                    assert 1999 <= each.year <= 2101
        assert result.supplements is None or 0 <= result.supplements <= 10_000
        assert result.fee_total is None or 0 <= result.fee_total <= 10**15
        assert len(result.digest()) == 32
