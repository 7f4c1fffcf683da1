"""Words for faults of meaning in calendars and in alertd.yaml."""

from __future__ import annotations

DAYS_AND_SETTINGS: dict[str, tuple[str, str, str, str]] = {
    # calendars
    "session.backwards": (
        "buổi {value} kết thúc trước hoặc ngay khi bắt đầu",
        "viết giờ bắt đầu trước; qua nửa đêm thì tách thành hai buổi, kết thúc 24:00",
        "the session {value} ends before or when it begins",
        "write the earlier time first; split it at 24:00 if it crosses midnight",
    ),
    "session.overlap": (
        "buổi {value} trùng với buổi {other}",
        "sửa giờ để các buổi nối tiếp nhau",
        "the session {value} overlaps {other}",
        "let one end before the next begins",
    ),
    "session.day-twice": (
        "ngày {day} đã có giờ làm việc ở trên",
        "mỗi ngày trong tuần ghi một lần",
        "{day} has sessions above already",
        "write each day of the week once",
    ),
    "session.none": (
        "không ngày nào có giờ làm việc",
        'viết như {{mon-fri: ["07:30-11:30", "13:00-17:00"]}}',
        "no day has any working time",
        'write it like {{mon-fri: ["07:30-11:30", "13:00-17:00"]}}',
    ),
    "session.monday": (
        "có ngày làm bù nhưng thứ Hai không có giờ làm việc",
        "ghi giờ cho mon: ngày làm bù dùng giờ của thứ Hai",
        "there are make-up days but Monday has no sessions",
        "write sessions for mon: make-up days use Monday's",
    ),
    "calendar.day-twice": (
        "ngày {day} đã có trong danh sách",
        "bỏ một lần",
        "{day} is listed already",
        "drop one of them",
    ),
    "calendar.off-and-working": (
        "ngày {day} vừa là ngày nghỉ vừa là ngày làm bù",
        "bỏ ở một danh sách",
        "{day} is both a day off and a make-up day",
        "remove it from one list",
    ),
    "calendar.off-idle": (
        "ngày nghỉ {day} vốn không có giờ làm việc",
        "không cần ghi, hoặc sửa ngày",
        "the day off {day} has no sessions anyway",
        "leave it out, or mend the date",
    ),
    "calendar.working-busy": (
        "ngày làm bù {day} vốn là ngày làm việc",
        "không cần ghi, hoặc sửa ngày",
        "the make-up day {day} is a working day anyway",
        "leave it out, or mend the date",
    ),
    "calendar.year-day": (
        "ngày {day} không thuộc năm {year}",
        "chuyển sang đúng năm",
        "{day} is not in {year}",
        "move it to its year",
    ),
    "calendar.year-missing": (
        "chưa có lịch nghỉ năm {year}",
        "ghi years: {{{year}: {{days_off: [...]}}}} hoặc holidays: none",
        "the days off of {year} are missing",
        "write years: {{{year}: {{days_off: [...]}}}} or holidays: none",
    ),
    "calendar.next-year": (
        "chưa có lịch nghỉ năm sau ({year})",
        "ghi years: {{{year}: ...}} khi có thông báo",
        "the days off of next year ({year}) are missing",
        "write years: {{{year}: ...}} once announced",
    ),
    "calendar.holiday": (
        "khác lịch nghỉ lễ đã biết: {day} ở đây là {here}",
        "kiểm tra văn bản; nếu đúng, ghi {{day: {day}, by: ...}}",
        "differs from the known holidays: {day} is {here} here",
        "check the document; if it is right, write {{day: {day}, by: ...}}",
    ),
    "calendar.unused": (
        "lịch của '{code}' không đơn vị nào dùng",
        "{near}",
        "no unit uses the calendar of '{code}'",
        "{near}",
    ),
    # alertd.yaml
    "secret.literal": (
        "{key} ghi thẳng trong tệp",
        'viết "${{TÊN}}" và đặt giá trị trong biến môi trường',
        "{key} is written into the file",
        'write "${{NAME}}" and set it in the environment',
    ),
    "secret.unset": (
        "${{{name}}} chưa được đặt",
        "đặt biến môi trường {name} hoặc tệp {name} trong secrets/ cạnh alertd.yaml hay trong $CREDENTIALS_DIRECTORY",
        "${{{name}}} is not set",
        "set {name} in the environment, or a file {name} in secrets/ beside alertd.yaml or in $CREDENTIALS_DIRECTORY",
    ),
    "feed.duplicate": (
        "nguồn hồ sơ '{name}' đã có ở trên",
        "đặt tên khác",
        "the feed '{name}' stands above already",
        "give it another name",
    ),
    "feed.age": (
        "dữ liệu của nguồn '{name}' cũ (max_age) trước lần đọc sau (every)",
        "đặt every ngắn hơn max_age",
        "the data of feed '{name}' are old (max_age) before the next poll (every)",
        "let every be shorter than max_age",
    ),
    "feed.none": (
        "không có nguồn hồ sơ nào: sẽ không ai được nhắc",
        "thêm ít nhất một mục vào feeds",
        "there is no feed: nobody would ever be alerted",
        "add at least one to feeds",
    ),
    "columns.code": (
        "columns không có cột code (mã hồ sơ)",
        "thêm code: tên cột",
        "columns lacks code, the dossier's code",
        "add code: the header",
    ),
    "columns.several": (
        "'{field}' chỉ lấy từ một cột",
        "giữ một tên cột; chỉ aliases được ghi nhiều cột",
        "'{field}' is read from one column",
        "keep one header; only aliases may name several",
    ),
    "label.twice": (
        "'{value}' đã được xếp vào '{other}'",
        "mỗi nhãn một chỗ",
        "'{value}' is already under '{other}'",
        "put each label in one place",
    ),
    "slots.twice": (
        "giờ gửi {value} ghi hai lần",
        "bỏ một lần",
        "the slot {value} is written twice",
        "drop one of them",
    ),
}
