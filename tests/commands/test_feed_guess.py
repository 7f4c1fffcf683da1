"""`alertd feed guess`: what is proposed for files of many kinds, and that nobody's data are printed."""

from __future__ import annotations

from datetime import date

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from alertd.config.check import check
from tests.commands.test_foreign_sheet import pasted
from tests.feeds.sheets import FILES, csv_file
from tests.feeds.test_column_sets import OPENCPS, OPENCPS_OPTIONAL, TD_LIST, TD_OVERDUE, TRACKER
from tests.feeds.test_legacy import TO_TCVN3, UNITS

CITIZENS = [f"Công dân mẫu {n}" for n in range(12)]


@pytest.fixture
def guess(alertd, tmp_path):
    """Gives (the proposed feed, its text, what was said) for a file."""

    def run(path):
        done = alertd("feed", "guess", path, "--config", tmp_path / "nowhere")
        assert done.code == 0, done.err
        assert "mẫu" not in done.out + done.err
        (feed,) = YAML(typ="safe").load(done.out)
        return feed, done.out, done.err

    return run


def table(folder, headers, rows, name="a.csv", encoding="utf-8"):
    lines = [",".join(f'"{cell}"' for cell in row) for row in (headers, *rows)]
    return csv_file(folder, *lines, name=name, encoding=encoding)


def values(headers, count=12):
    """Rows that fit the headers of a Vietnamese export."""
    made = {
        "ngay": lambda n: f"{n % 28 + 1:02}/06/2024 08:00",
        "han": lambda n: f"{n % 28 + 1:02}/07/2024",
    }
    for n in range(count):
        row = []
        for header in headers:
            name = header.lower()
            if name.startswith(("mã hồ sơ", "sohoso")):
                row.append(f"H27.35-2406{n:02}-0001")
            elif name.startswith("ngày hẹn") or name == "ngaytra":
                row.append(made["han"](n))
            elif name.startswith("ngày") or name in ("ngaynhan", "trathucte"):
                row.append(made["ngay"](n))
            elif "đơn vị" in name or "cơ quan" in name or name.startswith("coquan"):
                row.append(UNITS[n % 3])
            elif name.startswith("chủ"):
                row.append(CITIZENS[n])
            elif "trạng thái" in name:
                row.append(["Đang xử lý", "Đã trả kết quả", "Lưu kho"][n % 3])
            elif "hạn xử lý" in name:
                row.append(f"Còn {n} ngày")
            else:
                row.append(f"x{n % 4}")
        yield row


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            OPENCPS,
            {"code": "Mã hồ sơ", "received_at": "Ngày tiếp nhận", "due_at": "Ngày hẹn trả", "status": "Trạng thái"},
        ),
        (
            OPENCPS + OPENCPS_OPTIONAL,
            {"unit": "Cơ quan thụ lý", "finished_at": "Ngày hoàn thành", "returned_at": "Ngày trả"},
        ),
        (TD_LIST, {"received_at": "Ngày nhận", "due_at": "Ngày hẹn trả", "finished_at": "Ngày kết thúc xử lý"}),
        (TD_OVERDUE, {"unit": "Đơn vị giải quyết", "officer": "Cán bộ đang xử lý"}),
        (TRACKER, {"code": "soHoSo", "due_at": "ngayTra", "returned_at": "traThucTe", "unit": "coQuanXuLy"}),
    ],
    ids=["opencps", "opencps with all", "list", "appendix", "tracker"],
)
def test_the_columns_of_known_exports_are_named_as_they_are_read_without(guess, tmp_path, headers, expected):
    feed, _, told = guess(table(tmp_path, headers, values(headers)))
    assert expected.items() <= feed["columns"].items()
    assert "12 hồ sơ" in told
    assert "0 dòng không đọc được" in told


def test_each_status_is_mapped_or_named_as_unknown(guess, tmp_path):
    feed, text, _ = guess(table(tmp_path, OPENCPS, values(OPENCPS)))
    assert feed["statuses"] == {"running": ["Đang xử lý"], "returned": ["Đã trả kết quả"]}
    assert '# statuses: chưa rõ nghĩa của "Lưu kho"' in text


def test_a_file_of_another_language_is_guessed_by_words_and_by_what_it_holds(guess, tmp_path):
    headers = [
        "Application number",
        "registrationDate",
        "target_date",
        "Closed",
        "Team",
        "Handler",
        "State",
        "Applicant",
    ]
    rows = [[f"W-{n:04}", f"2024-05-{n + 1:02}", f"2024-06-{n + 1:02}", "", ["North", "South"][n % 2],
             ["R1", "R2", "R3"][n % 3], ["In progress", "On hold"][n % 2], CITIZENS[n]] for n in range(12)]  # fmt: skip
    feed, text, told = guess(table(tmp_path, headers, rows))
    assert feed["columns"] == {
        "code": "Application number", "received_at": "registrationDate", "due_at": "target_date", "finished_at": "Closed",
        "unit": "Team", "officer": "Handler", "status": "State",
    }  # fmt: skip
    assert feed["statuses"] == {"running": ["In progress"], "paused": ["On hold"]}
    assert 'unit: "Team"  # khá chắc' in text
    assert "cột trống" in told
    assert "scope: part  # không hồ sơ nào đã kết thúc" in text


def test_headers_that_say_nothing_leave_the_values_and_that_is_not_sure(guess, tmp_path):
    rows = [[f"Z{n:05}", f"2024-05-{n + 1:02}", f"2024-06-{n + 1:02}", "x"] for n in range(12)]
    feed, text, _ = guess(table(tmp_path, ["a", "b", "c", "d"], rows))
    assert feed["columns"] == {"code": "a", "received_at": "b", "due_at": "c"}
    assert text.count("không chắc") == 3


def test_two_columns_that_fit_are_both_named(guess, tmp_path):
    rows = [[f"Z{n:05}", f"2024-05-{n + 1:02}", f"2024-06-{n + 1:02}", f"2024-07-{n + 1:02}"] for n in range(12)]
    _, text, told = guess(table(tmp_path, ["code", "received_at", "due date", "deadline"], rows))
    assert 'due_at: "due date"  # không chắc; cũng có thể là: "deadline"' in text
    assert "due_at: cũng có thể là: deadline" in told


def test_columns_of_whoever_filed_it_are_not_called_unused_unless_nothing_is_kept_of_them(
    alertd, guess, local, tmp_path
):
    headers = ["Mã hồ sơ", "Đơn vị giải quyết", "Chủ hồ sơ", "SĐT", "Điện thoại", "Ghi chú"]
    rows = [[f"H27.35-2406{n:02}-0001", UNITS[n % 3], CITIZENS[n], f"09123456{n:02}", "", "x"] for n in range(12)]
    path = table(tmp_path, headers, rows)
    _, _, said = guess(path)
    (kept,) = [line for line in said.splitlines() if line.startswith("Của người nộp")]
    (unused,) = [line for line in said.splitlines() if line.startswith("Không dùng")]
    assert kept.endswith(": Chủ hồ sơ, Điện thoại.")
    assert ("Ghi chú" in unused, "SĐT" in unused, "Chủ hồ sơ" in unused) == (True, True, False)
    settings_ = local / "alertd.yaml"
    settings_.write_text(settings_.read_text("utf-8") + "privacy: {keep_applicant: none}\n", "utf-8")
    done = alertd("feed", "guess", path, "--config", local)
    assert ("Của người nộp" in done.err, "Chủ hồ sơ" in done.err) == (False, True)


def test_a_header_that_stands_twice_is_not_proposed_and_said(guess, tmp_path):
    rows = [[f"Z{n:05}", f"2024-05-{n + 1:02}", f"2024-06-{n + 1:02}", "R1"] for n in range(12)]
    feed, _, told = guess(table(tmp_path, ["code", "due_at", "due_at", "officer"], rows))
    assert "due_at" not in feed["columns"]
    assert "Tiêu đề 'due_at' có ở nhiều cột" in told


def test_the_order_of_dates_and_the_encoding_are_proposed_where_the_file_shows_them(guess, tmp_path):
    headers = ["Mã hồ sơ", "Ngày tiếp nhận", "Ngày hẹn trả", "Đơn vị"]
    rows = [[f"H27-{n}", "06/03/2024", "06/25/2024", UNITS[n % 3]] for n in range(9)]
    feed, _, told = guess(table(tmp_path, headers, rows))
    assert feed["date_order"] == "month-first"
    assert "Ngày ghi tháng trước (thấy ở dòng 2)" in told
    old = [
        [cell.translate(TO_TCVN3) for cell in row]
        for row in (headers, *([f"H27-{n}", "", "25/06/2024", UNITS[n % 3]] for n in range(9)))
    ]
    feed, _, told = guess(table(tmp_path, old[0], old[1:], name="b.csv", encoding="latin-1"))
    assert feed["encoding"] == "tcvn3"
    assert feed["columns"]["due_at"] == "Ngày hẹn trả"
    assert "9 hồ sơ" in told


def test_an_old_xls_and_a_workbook_of_several_worksheets(guess, tmp_path):
    feed, _, told = guess(FILES / "export.xls")
    assert feed["columns"]["unit"] == "Đơn vị giải quyết"
    assert "6 hồ sơ" in told
    path = tmp_path / "months.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in ("Tháng 5", "Tháng 6"):
            tab = book.add_worksheet(name)
            for at, row in enumerate([TD_OVERDUE, *values(TD_OVERDUE)]):
                tab.write_row(at, 0, row)
    feed, _, told = guess(path)
    assert feed["worksheet"] == "Tháng 5"
    assert "Các trang tính khác cũng có thể chứa hồ sơ: Tháng 6" in told


def test_a_path_inside_the_configuration_is_relative_and_a_name_in_use_is_not_taken(alertd, local):
    headers = ["Mã hồ sơ", "Ngày hẹn trả", "Ngày nhận"]
    path = table(local / "drop", headers, [["H27-1", "03/06/2024", "01/06/2024"]], name="exports.csv")
    done = alertd("feed", "guess", path, "--config", local)
    (feed,) = YAML(typ="safe").load(done.out)
    assert (feed["path"], feed["name"]) == ("drop/exports.csv", "exports-2")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "there is no file"),
        (b"", "is empty"),
        (b"a,b\n1,2\n", "no column looks like the dossiers' codes"),
        (b"PK\x03\x04 and no more", "cannot be read as an Excel workbook"),
        (b"\xff\xfe\xff", "is not utf-16"),
        ("Mã hồ sơ,Ngày nhận\n".encode().decode("latin-1").encode(), "saved again"),
        (b"<html><form>login</form></html>", "the login may have expired"),
    ],
)
def test_a_file_that_cannot_be_guessed_is_one_clear_line(alertd, tmp_path, content, words):
    path = tmp_path / "a.csv"
    if content is not None:
        path.write_bytes(content)
    done = alertd("feed", "guess", path, "--config", tmp_path)
    assert done.code == 2
    assert words in done.line


def test_english_is_spoken_where_it_is_asked_for(alertd, tmp_path, monkeypatch):
    monkeypatch.setenv("ALERTD_LANG", "en")
    path = table(tmp_path, OPENCPS, values(OPENCPS))
    done = alertd("feed", "guess", path, "--config", tmp_path)
    assert "a usual header" in done.err
    assert "statuses: nobody knows what is meant by" in done.out


cells = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["03/06/2024", "2024-06-03T08:00:00+07:00", "06/25/2024", "Đang xử lý", "x", "H27-1", "Internet", "", "5"]
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.one_of(st.sampled_from(["Mã hồ sơ", "case", "Ngày hẹn trả", "deadline", "status", "channel", "unit"]),
                       st.text(min_size=1, max_size=12)), min_size=2, max_size=6, unique=True),
    st.lists(st.lists(cells, min_size=2, max_size=6), min_size=1, max_size=8),
)  # fmt: skip
def test_whatever_is_proposed_passes_check_and_whatever_is_not_is_one_line(alertd, tmp_path_factory, headers, rows):
    folder = tmp_path_factory.mktemp("guess")
    path = folder / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        import csv

        csv.writer(file).writerows([headers, *([f"H27-{n}", *row] for n, row in enumerate(rows))])
    done = alertd("feed", "guess", path, "--config", folder / "nowhere")
    if done.code:
        assert (done.code, done.out) == (2, "")
        assert len(done.err.splitlines()) == 1
        return
    config = pasted(folder / "config", done.out)
    assert [str(finding) for finding in check(config, date(2026, 11, 23))] == []
