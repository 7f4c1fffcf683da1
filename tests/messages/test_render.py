"""How a message reads (DESIGN section 7): what an office would write, on a lock screen and below it."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest

from alertd.core.digest import Limits, Line
from alertd.core.policy import Urgency
from alertd.messages.render import Contents, Notice, Renderer, repeated
from tests.store.ground import ZONE, at, rules

NOW = at("04/06 08:00")
RENDERER = Renderer(ZONE, 8)
CALENDAR = rules().calendar


def line(number=1, due="04/06 16:00", **fields):
    due_at = at(due)
    values = {
        "dossier_id": number, "code": f"H27.35-240603-{number:04}", "procedure": "Chứng thực bản sao", "url": "",
        "unit": "Phòng Tư pháp", "officers": "Chuyên viên 1", "step": "today", "at": NOW, "due_at": due_at,
        "left": CALENDAR.between(NOW, due_at), "overdue": due_at < NOW, "urgency": Urgency.NORMAL, "own": True,
    }  # fmt: skip
    return Line(**(values | fields))


def text(*lines, now=NOW, **rest):
    (part,) = RENDERER.parts(Contents(lines, **rest), now)
    return part.text


# --- as an office would write -----------------------------------------------------------------------------------------


def test_an_officer_reads_what_falls_due_soonest_first():
    assert text(line(1, "05/06 16:00"), line(2, "04/06 16:00", url="https://mot-cua.example/2"), others_overdue=1) == (
        "Sắp đến hạn: 2 hồ sơ, sớm nhất 16:00 hôm nay\n"
        "1. H27.35-240603-0002 · Chứng thực bản sao\n"
        "   hạn 16:00 hôm nay · còn 6 giờ 30 phút làm việc\n"
        "   https://mot-cua.example/2\n"
        "2. H27.35-240603-0001 · Chứng thực bản sao\n"
        "   hạn 16:00 ngày mai · còn 1 ngày 6 giờ làm việc\n"
        "Ngoài ra: 1 hồ sơ quá hạn."
    )


def test_a_head_reads_by_officer_worst_first():
    assert text(
        line(1, "31/05 16:00", own=False),
        line(2, "03/06 16:00", own=False, officers="Chuyên viên 2"),
        line(3, "03/06 17:00", own=False, procedure=""),
        resolved=2,
    ) == (
        "QUÁ HẠN đến 1 ngày: 3 hồ sơ (Phòng Tư pháp)\n"
        "Chuyên viên 1:\n"
        "1. H27.35-240603-0001 · Chứng thực bản sao\n"
        "   chậm 1 ngày 1 giờ, hạn 16:00 Thứ Sáu 31/05\n"
        "2. H27.35-240603-0003\n"
        "   chậm 30 phút, hạn 17:00 Thứ Hai 03/06\n"
        "Chuyên viên 2:\n"
        "3. H27.35-240603-0002 · Chứng thực bản sao\n"
        "   chậm 1 giờ 30 phút, hạn 16:00 Thứ Hai 03/06\n"
        "Đã giải quyết xong: 2 hồ sơ."
    )


def test_a_chairman_reads_by_unit_with_the_officers_beside_each_dossier():
    shown = text(
        line(1, "03/06 16:00", own=False),
        line(2, "31/05 16:00", own=False, unit="Phòng Nội vụ", officers="Chuyên viên 3"),
    )
    assert shown == (
        "QUÁ HẠN đến 1 ngày: 2 hồ sơ\n"
        "Phòng Nội vụ:\n"
        "1. H27.35-240603-0002 · Chứng thực bản sao\n"
        "   chậm 1 ngày 1 giờ, hạn 16:00 Thứ Sáu 31/05 · Chuyên viên 3\n"
        "Phòng Tư pháp:\n"
        "2. H27.35-240603-0001 · Chứng thực bản sao\n"
        "   chậm 1 giờ 30 phút, hạn 16:00 Thứ Hai 03/06 · Chuyên viên 1"
    )


def test_beside_an_overdue_dossier_stands_whether_its_handler_has_acknowledged_it():
    said = text(
        line(1, "03/06 16:00", own=False, unconfirmed=True),
        line(2, "03/06 16:30", own=False, unit="Phòng Nội vụ", confirmed_at=at("04/06 07:40")),
        line(3, "04/06 16:00", own=False, unconfirmed=True),
    )
    assert "hạn 16:00 Thứ Hai 03/06 · Chuyên viên 1 (chưa xác nhận)\n" in said
    assert "hạn 16:30 Thứ Hai 03/06 · Chuyên viên 1 (đã xác nhận 07:40 hôm nay)" in said
    assert said.count("xác nhận") == 2, "before due nobody owes one"
    assert text(line(1, "03/06 16:00", own=False, unconfirmed=True)).endswith("03/06 · cán bộ chưa xác nhận")


def test_overdue_and_soon_together_say_both():
    assert text(line(1, "03/06 16:00"), line(2)).startswith("QUÁ HẠN 1 giờ: 1 hồ sơ; sắp đến hạn: 1\n")


@pytest.mark.parametrize("left", [timedelta(), timedelta(seconds=-30)])
def test_what_is_overdue_by_no_working_time_yet_names_no_amount(left):
    shown = text(line(1, "04/06 07:59", left=left))
    assert shown.startswith("QUÁ HẠN: 1 hồ sơ (Phòng Tư pháp)\n")
    assert "vừa quá hạn, hạn 07:59 hôm nay" in shown


def test_a_late_alert_says_how_late_and_why():
    late = replace(line(), late=timedelta(hours=3, minutes=5), late_reason="stale")
    assert "\n   (báo muộn 3 giờ 5 phút làm việc: chờ dữ liệu mới từ cổng)" in text(late)
    overnight = replace(line(), late=timedelta(), late_reason="down")
    assert "\n   (báo muộn: hệ thống gián đoạn)" in text(overnight)


def test_an_ended_spell_says_how_it_ended():
    vanished = line(1, "03/06 16:00", overdue=False, step="vanished", note="paused", own=False)
    assert text(vanished) == (
        "Cần kiểm tra: 1 hồ sơ hết quá hạn bất thường\n"
        "1. H27.35-240603-0001 · Chứng thực bản sao\n"
        "   không còn quá hạn vì chuyển sang tạm dừng · Chuyên viên 1"
    )


def test_an_ended_spell_beside_a_step_of_the_same_dossier_stays_said_on_its_one_line():
    vanished = line(1, step="vanished", note="due_moved", at=NOW + timedelta(hours=1))
    for lines in ((line(), vanished), (vanished, line())):
        shown = text(*lines)
        assert shown.count("H27.35-240603-0001") == 1
        assert "(lần quá hạn trước kết thúc vì ngày hẹn trả bị dời)" in shown
        assert "hạn 16:00 hôm nay" in shown


@pytest.mark.parametrize(
    ("notice", "first", "second"),
    [
        (Notice("feed", "permits", "dữ liệu mới nhất từ 08:00 03/06/2024."), "Sự cố nguồn dữ liệu: permits",
         "Nguồn «permits»: dữ liệu mới nhất từ 08:00 03/06/2024."),
        (Notice("feed", "permits", "alternating: HS-1, HS-2"), "Sự cố nguồn dữ liệu: permits",
         "Nguồn «permits»: hẹn trả đổi qua đổi lại trong một ngày: HS-1, HS-2"),
        (Notice("delivery", "an", "unreachable"), "Không liên lạc được: 1 người",
         "Không gửi được tin cho an: mọi kênh đều không nhận."),
        (Notice("delivery", "an", "unknown"), "Không liên lạc được: 1 người",
         "Không rõ an đã nhận được tin hay chưa; hệ thống gửi lại cho đến khi rõ."),
        (Notice("address", "an", "telegram"), "Liên hệ không còn dùng được: 1 người",
         "Kênh «telegram» không đến được an nữa; tin của người này đi kênh khác."),
        (Notice("storm", "3", "212|210|34|11:30 hôm nay"), "Tạm giữ 212 tin gửi hàng loạt, chờ quyết định",
         "Đợt số 3: 212 tin cho 210 người; thường mỗi đợt 34 tin."),
        (Notice("config", "", "escalation.yaml:7:30: [offset.bad] 'x'"),
         "Cấu hình vừa sửa có lỗi, chưa áp dụng",
         "Hệ thống vẫn chạy theo cấu hình trước. Lỗi: escalation.yaml:7:30: [offset.bad] 'x'"),
        (Notice("config", "", "taken"), "Cấu hình đã hợp lệ trở lại", "Cấu hình đã hợp lệ trở lại và đang được dùng."),
        (Notice("audit", "", "new|2|3|HS-1, HS-2"), "Sổ cảnh báo có 3 sai lệch",
         "Tự kiểm tra thấy 2 sai lệch mới trong sổ cảnh báo (tất cả 3): HS-1, HS-2"),
        (Notice("audit", "", "gone|1|2|"), "Sổ cảnh báo có 2 sai lệch", "Sổ cảnh báo: 1 sai lệch đã hết, còn 2."),
        (Notice("audit", "", "gone|3|0|"), "Sổ cảnh báo đã khớp trở lại", "Sổ cảnh báo: 3 sai lệch đã hết."),
        (Notice("calendar", "2027", "default"), "Chưa có lịch nghỉ năm 2027, thời hạn có thể tính sai",
         "calendar.yaml chưa ghi ngày nghỉ năm 2027 (default)."),
        # an other step than these is said as it was noted
        (Notice("vacancy", "TP", "chưa có trưởng phòng"), "Cần kiểm tra: TP", "vacancy «TP»: chưa có trưởng phòng"),
        (Notice("channel", "webhook", "auth webhook:401"), "Sự cố kênh gửi: webhook",
         "Kênh «webhook» không gửi được: auth webhook:401"),
    ],
)  # fmt: skip
def test_the_admin_reads_what_is_wrong_and_where_to_look(notice, first, second):
    lines = text(notices=[notice]).split("\n")
    assert lines[:2] == [first, second]
    assert any("Xem: alertd" in line for line in lines[2:])


def test_a_storm_of_which_what_is_due_has_left_says_so():
    assert "Cảnh báo từ hạn trở đi đã tự gửi; còn lại chờ quyết định." in text(notices=[Notice("storm", "3", "9|9|0|")])


def test_what_was_finished_reads_as_one_line_a_dossier():
    done = [line(n, "03/06 16:00", step="resolved", overdue=False, own=n == 1) for n in (1, 2)]
    assert text(*done, others_overdue=4, resolved=1) == (
        "Đã giải quyết xong: 2 hồ sơ\n"
        "1. H27.35-240603-0001 · Phòng Tư pháp\n"
        "2. H27.35-240603-0002 · Phòng Tư pháp · Chuyên viên 1\n"
        "Ngoài ra: 4 hồ sơ quá hạn.\n"
        "Đã giải quyết xong thêm: 1 hồ sơ."
    )


@pytest.mark.parametrize(
    ("field", "nasty", "said"),
    [
        ("procedure", "Cấp\nlại\r\n<b>giấy</b> & phép\x00", "Cấp lại <b>giấy</b> & phép"),
        ("procedure", "\u202eđảo\u2069 \u2028chữ\u200b", "đảo chữ"),
        ("procedure", unicodedata.normalize("NFD", "Chứng thực"), "Chứng thực"),
        ("procedure", "x" * 300, "x" * 119 + "…"),
        ("code", "HS\n1\t2", ". HS 1 2 ·"),
        ("code", "9" * 3000, ". " + "9" * 79 + "… ·"),
        ("officers", "Chuyên\nviên" * 40, "Chuyên viênChuyên viên"),
        ("url", "https://a.example/\n2. HS-9", "   https://a.example/ 2. HS-9"),
    ],
)
def test_nothing_that_a_portal_writes_breaks_a_line(field, nasty, said):
    shown = text(line(1, **{field: nasty, "own": False}), line(2, own=False, unit="Phòng Nội vụ"))
    assert said in shown
    assert unicodedata.is_normalized("NFC", shown)
    assert not {unicodedata.category(character) for character in shown.replace("\n", "")} & {"Cc", "Cf", "Zl", "Zp"}
    assert sum(one[:1].isdigit() for one in shown.split("\n")) == 2


def test_a_dossier_is_named_once_with_its_latest_step():
    day = timedelta(days=1)
    steps = [line(step="soon", at=NOW - 2 * day), line(step="today"), line(step="apology", at=NOW - day)]
    (part,) = RENDERER.parts(Contents(steps), NOW)
    assert [named.step for named in part.lines] == ["today"]
    assert part.text.count("H27.35-240603-0001") == 1


# --- the lock screen --------------------------------------------------------------------------------------------------

AWKWARD = [
    "Văn phòng ĐKĐĐ chi nhánh Hương Sơn - Đức Thọ (bộ phận tiếp nhận và trả kết quả số 2)",
    "(", ")", "a" * 200, "🏛️" * 60,
    unicodedata.normalize("NFD", "Ủy ban nhân dân xã Đức Lạng") * 4, "Phòng\tTư\npháp", "x) y (z)", " (" * 50 + ")", "",
]  # fmt: skip


@pytest.mark.parametrize("unit", AWKWARD)
@pytest.mark.parametrize("count", [1, 3, 500])
@pytest.mark.parametrize("due", ["04/06 16:00", "03/06 16:00", "01/06/2009 16:00", "28/12/2031 16:00"])
def test_the_first_line_has_at_most_60_characters(unit, count, due):
    lines = [line(n, due, unit=unit, own=False) for n in range(count)]
    for part in RENDERER.parts(Contents(lines), NOW):
        for shown in (part.text, repeated(part.text)):
            first = shown.split("\n")[0]
            assert 0 < len(first) <= 60
            assert first == first.strip()
            assert unicodedata.is_normalized("NFC", first)


@pytest.mark.parametrize("step", ["feed", "channel", "delivery", "address", "other"])
def test_the_first_line_of_a_notice_has_at_most_60_characters(step):
    notices = [Notice(step, "nguồn-dữ-liệu-có-tên-rất-dài" * 3, "x" * 5000) for _ in range(5)]
    for part in RENDERER.parts(Contents([], notices), NOW):
        assert len(part.text.split("\n")[0]) <= 60
        assert Limits().allow(part.text)


def test_a_repeat_is_marked_and_keeps_its_number_and_everything_below():
    first = "QUÁ HẠN đến 1 ngày: 500 hồ sơ (Văn phòng Đăng ký đất) (12/34)"
    marked = repeated(f"{first}\n1. HS-1\n2. HS-2")
    assert marked.startswith("(gửi lại) QUÁ HẠN đến 1 ngày: 500 hồ sơ")
    assert marked.split("\n")[0].endswith(" (12/34)")
    assert marked.split("\n")[1:] == ["1. HS-1", "2. HS-2"]
    assert len(marked.split("\n")[0]) <= 60


# --- parts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("count", [1, 2, 100, 500])
def test_parts_are_cut_between_dossiers_name_every_one_and_keep_to_the_limits(count, seed):
    print(f"seed {seed}")
    chance = random.Random(seed)
    letters = "ăâđêôơư ếộ🏛"

    def title(length):
        return unicodedata.normalize("NFD", "".join(chance.choice(letters) for _ in range(length)))

    lines = [
        line(
            n, chance.choice(["04/06 16:00", "03/06 16:00", "11/06 16:00"]), procedure=title(300), own=False,
            unit=chance.choice(["Phòng Tư pháp", title(150)]), officers=title(chance.choice([0, 20, 400])),
            url=chance.choice(["", "https://mot-cua.example/" + "x" * chance.randrange(2000)]),
            late=chance.choice([None, timedelta(hours=30)]), late_reason=chance.choice(["stale", "strange", None]),
            note=chance.choice(["", "", "paused"]),
        )
        for n in range(count)
    ]  # fmt: skip
    parts = RENDERER.parts(Contents(lines, others_overdue=3, resolved=4), NOW)
    assert sorted(named.code for part in parts for named in part.lines) == sorted(seen.code for seen in lines)
    for number, part in enumerate(parts, 1):
        assert Limits().allow(part.text)
        assert unicodedata.is_normalized("NFC", part.text)
        for named in part.lines:
            assert part.text.count(f"{named.code}") == 1
        if len(parts) > 1:
            assert part.text.split("\n")[0].endswith(f" ({number}/{len(parts)})")
    last = parts[-1].text.split("\n")
    assert last[-2:] == ["Ngoài ra: 3 hồ sơ quá hạn.", "Đã giải quyết xong: 4 hồ sơ."]
    assert sum("Ngoài ra" in part.text for part in parts) == 1


@pytest.mark.parametrize(
    ("note", "line", "words"),
    [
        ("silent: dữ liệu mới nhất từ 08:00", "Sự cố nguồn dữ liệu: cong", "«cong»: dữ liệu mới nhất từ 08:00"),
        ("refused: chỉ còn 3 hồ sơ", "Sự cố nguồn dữ liệu: cong", "Dữ liệu đã lưu giữ nguyên"),
        ("shape: thiếu ngày: 98% → 3%", "Sự cố nguồn dữ liệu: cong", "«cong»: thiếu ngày: 98% → 3%"),
        ("again: đã đọc lại được", "Nguồn dữ liệu hoạt động lại: cong", "«cong»: đã đọc lại được."),
        ("alternating: HS-1, HS-2", "Sự cố nguồn dữ liệu: cong", "đổi qua đổi lại trong một ngày: HS-1, HS-2"),
        ("http://cong: of an older version", "Sự cố nguồn dữ liệu: cong", "«cong»: http://cong: of an older version"),
    ],
)
def test_what_is_wrong_with_a_feed_and_that_it_is_over_are_said_apart(note, line, words):
    (part,) = RENDERER.parts(Contents((), (Notice("feed", "cong", note),)), NOW)
    assert part.text.splitlines()[0] == line
    assert words in part.text
