"""Help on the keys of escalation.yaml and calendar.yaml."""

from __future__ import annotations

RULES: dict[str, dict[str, tuple[str, str]]] = {
    "EscalationModel": {
        "roles": ("Đặt tên cho người nhận, để chính sách viết ngắn: chairman: head@root.", "Names for targets."),
        "accept_within": (
            "Hạn tiếp nhận hồ sơ trực tuyến tính từ khi nộp, khi cổng không ghi hạn. Mặc định 8h làm việc.",
            "Working time to accept an online submission where its portal states no deadline. Default 8h.",
        ),
        "policies": (
            "Các chính sách theo thứ tự; hồ sơ dùng chính sách đầu tiên phù hợp. Cuối cùng phải là match: {}.",
            "Policies in order; the first that matches is used. The last must be match: {}.",
        ),
    },
    "PolicyModel": {
        "name": ("Tên chính sách.", "The policy's name."),
        "match": ("Hồ sơ nào thuộc chính sách này; {} là mọi hồ sơ.", "Which dossiers; {} is all."),
        "steps": ("Các bước nhắc.", "The steps."),
        "clock": (
            "Tính theo hạn trả kết quả (due, mặc định) hay hạn tiếp nhận hồ sơ trực tuyến (accept).",
            "Which deadline: due (default), or accept of online submissions.",
        ),
        "ack_mutes": (
            "Người đã bấm xác nhận thì không bị nhắc lại hồ sơ ấy trong chừng này thời gian làm việc, như 1d.",
            "Who has acknowledged a dossier is not told of it again for so long.",
        ),
        "ack_holds": (
            "Lần xác nhận đầu tiên lùi các bước báo cho người khác lại chừng này, như 4h.",
            "The first acknowledgement delays later steps to other posts by so much.",
        ),
    },
    "MatchModel": {
        "unit": (
            "Mã đơn vị, cả đơn vị trực thuộc; =MÃ là chỉ riêng nó.",
            "Unit code with what is below; =CODE only it.",
        ),
        "procedure": ("Mã hoặc tên thủ tục.", "Code or name of the procedure."),
        "field": ("Lĩnh vực, như Đất đai.", "The field."),
        "channel": ("Hình thức nộp: direct, online, postal, unknown.", "How it was filed."),
    },
    "StepModel": {
        "name": ("Tên bước, không trùng trong một chính sách.", "The step's name, once in a policy."),
        "at": (
            "Tính từ hạn: -3d trước 3 ngày làm việc, 0d đúng hạn, +4h hay 4h sau 4 giờ làm việc, 1cd ngày lịch, 50%.",
            "How long before (-3d) or after (+4h, 4h) the due instant: working time, 1cd (calendar days), 50%.",
        ),
        "to": (
            "Báo cho ai: officer, head, deputy, duty; head@parent, head@root, head@MÃ; person:MÃ, group:TÊN, vai trò.",
            "Whom: officer, head, deputy, duty; head@parent, head@root, head@CODE; person:ID, group:NAME; or a role.",
        ),
        "every": ("Nhắc lại sau mỗi chừng này, như 1d. Mặc định: một lần.", "Repeat every so often. Default: once."),
        "times": ("Nhắc tối đa bao nhiêu lần, tính cả lần đầu.", "At most so often, the first included."),
        "urgency": (
            "normal trước hạn, high từ hạn trở đi (mặc định); critical gửi ngay, cả trong giờ yên lặng.",
            "normal before due, high from due on (default); critical ignores slots and quiet hours.",
        ),
    },
    "CalendarModel": {
        "default": ("Lịch chung.", "The calendar of all units without one of their own."),
        "units": ("Lịch riêng theo mã đơn vị; không ghi gì thì lấy ở lịch chung.", "Calendars of single units."),
    },
    "DefaultCalendar": {
        "sessions": ('Các buổi làm việc: mon-fri: ["07:30-11:30", "13:00-17:00"].', "Sessions by weekday."),
        "hours_per_day": ("Một ngày (1d) là bao nhiêu giờ làm việc. Mặc định 8.", "Working hours that 1d stands for."),
        "holidays": (
            "VN: `alertd check` so với lịch nghỉ lễ đã biết (mặc định); none: không so.",
            "VN: compared with public holidays at check (default); none: not.",
        ),
        "days_off": ("Ngày nghỉ rơi vào ngày làm việc.", "Days off that would be working days."),
        "working_days": ("Ngày đi làm bù.", "Make-up working days."),
        "years": ("Từng năm đã có lịch, kèm văn bản quy định.", "Published years, with the document."),
    },
    "UnitCalendar": {
        "sessions": ("Các buổi làm việc riêng.", "Sessions of its own."),
        "hours_per_day": ("Một ngày (1d) là bao nhiêu giờ làm việc.", "Working hours that 1d stands for."),
        "holidays": ("VN hoặc none.", "VN or none."),
        "days_off": ("Ngày nghỉ riêng.", "Days off of its own."),
        "working_days": ("Ngày làm bù riêng.", "Make-up days of its own."),
        "years": ("Từng năm.", "Published years."),
    },
    "YearModel": {
        "by": ("Văn bản quy định.", "The document that ordered it."),
        "days_off": ("Ngày nghỉ của năm, rơi vào ngày làm việc.", "The year's days off."),
        "working_days": ("Ngày làm bù của năm.", "The year's make-up days."),
    },
    "SpecialDay": {
        "day": ("Ngày, như 2026-01-02.", "The date."),
        "by": ("Văn bản riêng của ngày này.", "The document that ordered this very day."),
    },
}
