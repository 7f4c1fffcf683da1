"""Help on the keys of `feeds:`, and on the keys of mappings whose keys are given."""

from __future__ import annotations

from alertd.config.help_rest import REST

Row = tuple[str, str]
FEEDS: dict[str, dict[str, Row]] = {
    "FeedBase": {
        "name": ("Tên nguồn, dùng trong các lệnh: --feed TÊN.", "The feed's name in commands: --feed NAME."),
        "type": (
            "sheet: tệp trích xuất; opencps, igate: cổng của tỉnh; rest: cổng JSON bất kỳ.",
            "sheet: exports; opencps, igate: those portals; rest: any portal that answers JSON.",
        ),
        "scope": (
            "Nguồn cho thấy gì: all là mọi hồ sơ, open là mọi hồ sơ đang giải quyết, part là một phần (mặc định).",
            "What the feed shows: all, open or part (default). Absence means something only in all and open.",
        ),
        "every": ("Bao lâu đọc một lần. Mặc định 5m.", "How often to poll. Default 5m."),
        "max_age": (
            "Dữ liệu cũ hơn chừng này thì các bước từ hạn trở đi phải chờ. Mặc định 1h, tệp trích xuất 1d.",
            "Older data hold the steps from the due instant on. Default 1h, for sheets 1d (one working day).",
        ),
        "due_midnight": (
            "Hạn trả ghi 00:00 nghĩa là hết ngày đó (date) hay đúng 00:00 (exact).",
            "Whether a due value at midnight means the day (date) or the instant (exact).",
        ),
        "zone": ("Múi giờ của giờ ghi trong nguồn. Mặc định: timezone.", "Zone of times without an offset."),
        "channel_values": (
            "Nguồn ghi hình thức nộp bằng những chữ nào.",
            "What the feed writes for each way of filing.",
        ),
        "statuses": ("Nguồn ghi trạng thái bằng những chữ nào.", "What the feed writes for each phase."),
        "values": ("Nguồn ghi có, không, mức độ bằng những chữ nào.", "What it writes for yes, no and service levels."),
        "accept_smaller": (
            "true: tin một lần đọc thiếu hơn một phần ba số hồ sơ. Mặc định false.",
            "true: believe a poll that lost a third of its rows.",
        ),
        "accept_changed": (
            "true: tin một lần đọc khác hẳn trước, như không còn ngày hẹn trả. Mặc định false.",
            "true: believe a poll of another shape, such as one without due dates.",
        ),
    },
    "SheetFeed": {
        "path": ("Tệp, như drop/*.xlsx; tính từ thư mục cấu hình.", "File or pattern, relative to this folder."),
        "columns": ("Tiêu đề cột trong tệp. Cột có tên thông dụng thì không cần ghi.", "The headers of the columns."),
        "date_order": (
            "Ngày ghi theo thứ tự nào: day-first (mặc định) là ngày trước, month-first là tháng trước.",
            "Whether dates are written dd/MM/yyyy (day-first, the default) or MM/dd/yyyy (month-first).",
        ),
        "as_of": ("Dữ liệu là của lúc nào. Mặc định: lúc tệp được ghi.", "The instant the data are from."),
        "encoding": ("Bảng mã của tệp: cp1258, tcvn3, vni. Mặc định utf-8.", "Encoding of the file. Default utf-8."),
        "worksheet": ("Tên trang tính. Mặc định: trang có hồ sơ.", "The worksheet. Default: the one with dossiers."),
    },
    "ValueMaps": {
        "fee": ("Hồ sơ có thu phí.", "There is a fee."),
        "paid_online": ("Đã thanh toán trực tuyến.", "Paid online."),
        "result_required": ("Thủ tục có kết quả phải trả.", "There is a result to hand over."),
        "result_digital": ("Kết quả đã số hóa.", "The result is digitised."),
        "components_digital": ("Thành phần hồ sơ đã số hóa.", "The components are digitised."),
        "service_level": ("Mức độ dịch vụ công trực tuyến.", "How far the procedure can be done online."),
    },
    "PortalFeed": {
        "url": (
            "Địa chỉ cổng, như https://motcua.tinh.vn; với iGate là địa chỉ API.",
            "The portal's address; for iGate that of its API.",
        ),
        "username": ("Tên đăng nhập.", "User name."),
        "password": ("Mật khẩu, viết ${TÊN}.", "Password, as ${NAME}."),
        "filters": (
            "Tham số lọc của cổng: tên: giá trị. Nên lọc theo ngày hoặc đơn vị, không theo trạng thái.",
            "Parameters of the portal's search. Filter by date or unit, and not by status.",
        ),
        "page_size": ("Số hồ sơ mỗi trang. Mặc định 200.", "Dossiers a page."),
        "timeout": ("Chờ cổng trả lời bao lâu. Mặc định 30s.", "How long to wait for an answer."),
    },
    "OpencpsFeed": {
        "groups": ("Các groupId cần đọc.", "The groupIds to read."),
    },
    "IgateFeed": {
        "sso": (
            "Địa chỉ đăng nhập (Keycloak), như https://sso.tinh.vn/auth",
            "The Keycloak's address, with /auth where it has that.",
        ),
        "realm": ("Realm của Keycloak. Mặc định digo.", "The Keycloak's realm. Default digo."),
        "token_url": (
            "Thay cho sso và realm: địa chỉ lấy token.",
            "In place of sso and realm: where tokens are given.",
        ),
        "client_id": ("Mã client được cấp.", "The client's id."),
        "client_secret": ("Khóa của client, viết ${TÊN}.", "The client's secret, as ${NAME}."),
        "spec": (
            "page (mặc định) hoặc slice, khi cổng không đếm số hồ sơ; slice phải đọc hai lượt.",
            "page (default), or slice for a portal that does not count; slices are read twice.",
        ),
        "sort": ("Trường để xếp thứ tự, không bao giờ đổi. Mặc định id,asc.", "A field that never changes, ascending."),
    },
} | REST

_YES_NO = {
    "yes": ("Nguồn ghi thế này là có.", "What it writes for yes."),
    "no": ("Nguồn ghi thế này là không.", "What it writes for no."),
}

KEYS: dict[str, dict[str, Row]] = {
    "columns": {
        "key": ("Khóa của hồ sơ trong nguồn, nếu khác mã hồ sơ.", "The source's own key, if it is not the code."),
        "code": ("Mã hồ sơ.", "The dossier's code."),
        "aliases": ("Các mã khác của hồ sơ, một hay nhiều cột.", "Other codes of the dossier; one or several columns."),
        "parent": ("Mã hồ sơ cha.", "The dossier that it is a part of."),
        "status": ("Trạng thái.", "Status."),
        "unit": ("Đơn vị đang giải quyết.", "The processing unit."),
        "received_unit": ("Đơn vị tiếp nhận.", "The unit that received it."),
        "officer": ("Cán bộ xử lý.", "The handler."),
        "procedure_code": ("Mã thủ tục.", "The procedure's code."),
        "procedure": ("Tên thủ tục.", "The procedure's name."),
        "field": ("Lĩnh vực.", "The field."),
        "channel": ("Hình thức nộp.", "How it was filed."),
        "submitted_at": ("Ngày nộp.", "When it was submitted."),
        "accept_due_at": ("Hạn tiếp nhận.", "By when it is to be accepted."),
        "received_at": ("Ngày tiếp nhận.", "When it was received."),
        "due_at": ("Ngày hẹn trả.", "When it is due."),
        "due_before_at": ("Ngày hẹn trả trước khi dời.", "The due date that this one replaced."),
        "finished_at": ("Ngày kết thúc xử lý.", "When it was finished."),
        "returned_at": ("Ngày trả kết quả.", "When the result was returned."),
        "step": ("Bước đang xử lý.", "The step it is at."),
        "step_due_at": ("Hạn của bước.", "When the step is due."),
        "supplements": ("Số lần yêu cầu bổ sung.", "How often something was asked for."),
        "service_level": ("Mức độ: toàn trình, một phần, cung cấp thông tin.", "The service level."),
        "fee": ("Có thu phí hay không.", "Whether there is a fee."),
        "fee_total": ("Số tiền phí, lệ phí, đồng.", "The fee in đồng."),
        "paid_online": ("Đã thanh toán trực tuyến hay không.", "Whether it was paid online."),
        "result_required": ("Có kết quả phải trả hay không.", "Whether there is a result to hand over."),
        "result_digital": ("Kết quả đã số hóa hay chưa.", "Whether the result is digitised."),
        "components_digital": ("Thành phần hồ sơ đã số hóa hay chưa.", "Whether the components are digitised."),
        "url": ("Đường dẫn tới hồ sơ trên cổng.", "A link to it."),
        "applicant": (
            "Họ tên người nộp; giữ gì của nó: privacy.keep_applicant.",
            "Who filed it; privacy.keep_applicant says what is kept of it.",
        ),
        "applicant_phone": ("Điện thoại người nộp, như trên.", "The phone of whoever filed it, as above."),
    },
    "fee": _YES_NO,
    "paid_online": _YES_NO,
    "result_required": _YES_NO,
    "result_digital": _YES_NO,
    "components_digital": _YES_NO,
    "service_level": {
        "full": ("Toàn trình (mức độ 4).", "Full, level 4."),
        "partial": ("Một phần (mức độ 3).", "Partial, level 3."),
        "info": ("Cung cấp thông tin (mức độ 2).", "Information only, level 2."),
    },
    "channel_values": {
        "direct": ("Nộp trực tiếp.", "Filed in person."),
        "online": ("Nộp trực tuyến.", "Filed online."),
        "postal": ("Nộp qua bưu chính công ích.", "Filed by post."),
        "unknown": ("Không rõ.", "Not known."),
    },
    "statuses": {
        "pre": ("Mới nộp, chưa tiếp nhận.", "Submitted, not yet accepted."),
        "running": ("Đang giải quyết.", "Running."),
        "paused": ("Tạm dừng: chờ bổ sung, chờ nghĩa vụ tài chính.", "Paused."),
        "done": ("Đã xử lý xong, chưa trả.", "Done, not returned."),
        "returned": ("Đã trả kết quả.", "Returned."),
        "cancelled": ("Công dân rút hồ sơ.", "Withdrawn."),
        "rejected": ("Từ chối tiếp nhận hoặc giải quyết.", "Rejected."),
        "unknown": ("Không rõ; giữ giai đoạn trước đó.", "Not known; the phase before is kept."),
    },
    "templates": {
        "soon": ("Mẫu tin sắp đến hạn.", "Due soon."),
        "overdue": ("Mẫu tin quá hạn.", "Overdue."),
        "notice": ("Mẫu tin cho quản trị.", "Notices to the admin."),
        "resolved": ("Mẫu tin đã giải quyết xong.", "Resolved."),
        "drill": ("Mẫu tin diễn tập.", "Drills."),
        "default": ("Mẫu dùng khi không ghi mẫu riêng.", "Where no other is written."),
    },
}
#: A path of a `rest` feed leads to what a column of a sheet can be of.
KEYS["fields"] = KEYS["columns"]
