"""Help on the keys of alertd.yaml, but for feeds and channels."""

from __future__ import annotations

SETTINGS: dict[str, dict[str, tuple[str, str]]] = {
    "Settings": {
        "timezone": ("Múi giờ của mọi ngày giờ: Asia/Ho_Chi_Minh.", "Zone of all dates and times people see."),
        "storage": ("Nơi lưu lịch sử.", "Where history is kept."),
        "feeds": ("Các nguồn hồ sơ: cổng dịch vụ công hoặc tệp trích xuất.", "Where dossiers come from."),
        "channels": ("Các kênh gửi tin; khối nào ghi ở đây thì dùng được ở contacts.", "The channels in use."),
        "delivery": ("Khi nào gửi tin.", "When messages leave."),
        "web": (
            "Trang xem, trang xác nhận và địa chỉ nhận tin; off là không mở.",
            "Pages and hooks; off serves nothing.",
        ),
        "report": ("Báo cáo tuần.", "The weekly report."),
        "reconcile": (
            "Đối chiếu mỗi ngày với số liệu đánh giá trên Cổng quốc gia; off là không (mặc định).",
            "Compares with the national evaluation once a day; off (default) does not.",
        ),
        "heartbeat": (
            "Báo ra ngoài rằng mọi việc vẫn ổn; nơi nhận báo động khi không còn tín hiệu. off là không (mặc định).",
            "Tells a dead-man's switch outside that all is well; off (default) does not.",
        ),
        "retention": (
            "Giữ dữ liệu bao lâu, theo loại: số ngày như 90d, số năm như 5y, keep là giữ mãi.",
            "How long each class of data is kept: days like 90d, years like 5y, keep is for ever.",
        ),
        "privacy": ("Giữ gì về công dân.", "What is kept of citizens."),
        "admin": (
            "Ai nghe tin nguồn hồ sơ hoặc kênh gửi bị hỏng: person:MÃ hoặc group:TÊN. Mặc định: fallback.",
            "Who hears of broken feeds and channels. Default: the fallback.",
        ),
        "key": (
            "Khóa ký nút bấm và mã hóa mã truy cập, viết ${TÊN}. Mặc định: một tệp cạnh cơ sở dữ liệu SQLite.",
            "Signs buttons and encrypts tokens, as ${NAME}. Default: a file beside the SQLite database.",
        ),
    },
    "Reconcile": {
        "department": (
            "Mã đơn vị (departmentId) trong trang đánh giá của Cổng quốc gia.",
            "The unit's departmentId there.",
        ),
        "url": ("Địa chỉ Cổng quốc gia, chỉ đổi khi thử.", "The national portal; changed for trying only."),
        "timeout": ("Chờ trả lời bao lâu. Mặc định 30s.", "How long to wait. Default 30s."),
    },
    "Heartbeat": {
        "url": (
            "Địa chỉ nhận tín hiệu, phần bí mật viết ${TÊN}.",
            "The address that is called; what is secret in it is written ${NAME}.",
        ),
        "every": ("Bao lâu báo một lần. Mặc định 5m.", "How often. Default 5m."),
        "method": ("GET (mặc định) hoặc POST.", "GET (default) or POST."),
        "timeout": ("Chờ trả lời tối đa bao lâu. Mặc định 10s.", "The longest that a call may take. Default 10s."),
    },
    "Retention": {
        "dossiers": (
            "Hồ sơ đã kết thúc cùng lịch sử, cảnh báo, xác nhận, giải trình của nó. Mặc định 5y, ít nhất 400d.",
            "Ended dossiers with all that is on record of them. Default 5y, at least 400d.",
        ),
        "messages": (
            "Tin đã gửi và địa chỉ đã gửi tới, không lâu hơn dossiers. Mặc định 2y, ít nhất 90d.",
            "Messages and where they went, not longer than dossiers. Default 2y, at least 90d.",
        ),
        "access": (
            "Nhật ký ai đã xem gì. Mặc định 5y, ít nhất 1y.",
            "The log of who looked at what. Default 5y, at least 1y.",
        ),
        "quarantine": (
            "Dòng không đọc được của nguồn. Mặc định 90d, ít nhất 7d.",
            "Rows of feeds that cannot be read. Default 90d, at least 7d.",
        ),
        "inbound": (
            "Tin người dùng gửi đến mà không xử lý được. Mặc định 90d, ít nhất 7d.",
            "What people wrote and could not be handled. Default 90d, at least 7d.",
        ),
        "polls": (
            "Lần đọc nguồn không có gì mới; lần có thay đổi giữ theo dossiers. Mặc định 90d, ít nhất 30d.",
            "Readings without news; those with news stay as long as dossiers. Default 90d, at least 30d.",
        ),
        "configurations": (
            "Các cấu hình đã chạy; không ngắn hơn hồ sơ còn lưu. Mặc định 5y, ít nhất 400d.",
            "Configurations that ran; those of dossiers still on record stay. Default 5y, at least 400d.",
        ),
        "weeks": (
            "Tuần đã chốt. Mặc định keep, ít nhất 5y.",
            "Frozen weeks. Default keep, at least 5y.",
        ),
    },
    "Privacy": {
        "keep_applicant": (
            "Họ tên, điện thoại người nộp: masked (mặc định) chỉ giữ chữ đầu, ba số cuối; none: không giữ; full: đủ.",
            "Name and phone of whoever filed it: masked (default), none, or full. Identity numbers are never kept.",
        ),
    },
    "Storage": {
        "url": ("sqlite:///đường/dẫn hoặc postgresql://…", "sqlite:///PATH or postgresql://…"),
    },
    "Delivery": {
        "slots": (
            'Giờ gửi mỗi ngày, như ["07:30", "13:00"] (mặc định); at-once là gửi ngay.',
            "Times of day at which messages leave; at-once sends at once.",
        ),
        "slot_days": (
            "working: chỉ gửi vào ngày làm việc (mặc định); every: mọi ngày.",
            "working: on working days only (default); every: on all days.",
        ),
        "quiet": (
            'Giờ yên lặng, như "21:30-06:30" (mặc định); none là không có.',
            "Quiet hours; none has none. Only critical messages leave in them.",
        ),
        "storm_brake": (
            "Giữ lại khi số tin tăng vọt; off là không giữ.",
            "Holds a batch far larger than usual; or off.",
        ),
        "claim_timeout": (
            "Quá thời gian này mà chưa có kết quả thì coi như không rõ đã gửi hay chưa. Mặc định 60s.",
            "After which a call counts as unknown. Default 60s.",
        ),
        "resend_after": (
            "Gửi lại tin không rõ kết quả sau chừng này. Mặc định 3m.",
            "When an unknown one is sent again.",
        ),
        "max_per_person_per_day": (
            "Một người nghe quá chừng này hồ sơ trong một ngày thì simulate và diff cảnh báo; không chặn tin nào.",
            "simulate and diff warn where somebody is told of more dossiers on one day; nothing is held back.",
        ),
    },
    "StormBrake": {
        "factor": ("Gấp bao nhiêu lần mức thường ngày thì giữ. Mặc định 3.", "How many times the usual is a storm."),
        "share": (
            "Bao nhiêu phần trăm người nhận là người mới thì giữ. Mặc định 20%.",
            "More newcomers among the recipients than this is a storm.",
        ),
        "at_least": ("Ít hơn chừng này tin thì không giữ. Mặc định 50.", "Fewer messages than this are never held."),
        "hold_max": ("Giữ tin đến hạn, quá hạn tối đa bao lâu. Mặc định 4h.", "How long what is due can be held."),
    },
    "Web": {
        "listen": ("Địa chỉ và cổng. Mặc định 127.0.0.1:8080.", "Address and port to serve on."),
        "public_url": (
            "Địa chỉ mà điện thoại và nhà cung cấp mở được, như https://nhac.xa.gov.vn",
            "How phones and providers reach it.",
        ),
    },
    "Variants": {
        "R1": (
            "Nộp trực tuyến: received (mặc định, mọi hồ sơ), qd766, offered (có trực tuyến), full (toàn trình).",
            "Filed online: of all received (default), of Decision 766, of procedures offered online, of full ones.",
        ),
        "R2": (
            "Thanh toán trực tuyến: dossiers (mặc định, trên hồ sơ có phí), qd766 (thủ tục có phí), amount (số tiền).",
            "Paid online: of dossiers with a fee (default), of procedures with fees, by amount.",
        ),
        "R3": (
            "Số hóa: result (mặc định, trên hồ sơ phải có kết quả), all-finished (mọi hồ sơ đã xong), qd766.",
            "Digital results: of finished ones that need a result (default), of all finished, of Decision 766.",
        ),
        "R4": (
            "Đúng hạn: instant (mặc định, đến giờ), day (theo ngày), qd766 (cả hồ sơ đang mở), late-ratio (tỷ lệ trễ).",
            "On time: by the instant (default), by the day, of Decision 766 with open ones, the ratio of late ones.",
        ),
        "R5": ("Quá hạn đang mở: instant (mặc định, đến giờ) hoặc day (theo ngày).", "Overdue: by instant or by day."),
        "R6": ("Từng quá hạn trong kỳ.", "Ever seen overdue in the period."),
        "R7": ("Đang tạm dừng.", "Paused."),
    },
    "Sides": {
        f"R{number}": (
            f"receiving: đơn vị tiếp nhận; processing: đơn vị giải quyết. Mặc định {default}.",
            f"The receiving or the processing unit. Default {default}.",
        )
        for number, default in enumerate(["receiving"] * 3 + ["processing"] * 4, 1)
    },
    "Report": {
        "week_ends": ("Tuần kết thúc lúc nào. Mặc định Sun 24:00.", "Where a week ends."),
        "send": ("Gửi báo cáo lúc nào. Mặc định Mon 07:30.", "When the report is sent."),
        "to": (
            "Ai nhận báo cáo, như head@root, group:TÊN, person:MÃ; none: không gửi. Mặc định head@root.",
            "Who gets the report, as in `to` of a step; none sends it to nobody. Default head@root.",
        ),
        "file": ("Định dạng tệp: pdf (mặc định), docx, xlsx, html.", "The file's format. Default pdf."),
        "unit_pages": (
            "Gửi trang riêng của từng đơn vị cho người đứng đầu và người giữ chức patron. Mặc định true.",
            "Whether each unit's own page goes to its head and to the holders of its post `patron`. Default true.",
        ),
        "centre": (
            "Mã đơn vị (Trung tâm Hành chính công) có giám đốc, phó giám đốc chịu trách nhiệm các tỷ lệ toàn huyện.",
            "The unit whose head and deputies answer for the rates of the whole district.",
        ),
        "variants": ("Cách tính từng chỉ số.", "How each indicator is counted."),
        "units": ("Chỉ số tính cho đơn vị nào.", "Whose rate each indicator is."),
        "agency": (
            "Cơ quan ban hành báo cáo và phiếu: tên, địa danh, người ký, nơi nhận. Thiếu thì để trống để điền tay.",
            "Who issues reports and letters; what is not written is left blank to be filled in.",
        ),
    },
    "Agency": {
        "parent": ("Cơ quan chủ quản, ghi ở dòng trên.", "The body above, in the first line."),
        "name": ("Tên cơ quan ban hành.", "The issuing agency."),
        "place": ("Địa danh, trước ngày tháng.", "The place, before the date."),
        "number": ("Ký hiệu sau số văn bản, như BC-VP. Mặc định BC.", "The sign after the number. Default BC."),
        "signer_title": ("Chức vụ người ký. Mặc định Người ký.", "The signer's title."),
        "signer": ("Họ tên người ký; để trống thì điền tay.", "The signer's name; blank if not written."),
        "recipients": ("Nơi nhận, mỗi nơi một dòng.", "Who gets it, a line each."),
    },
}
