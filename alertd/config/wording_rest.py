"""Words for faults in a `rest` feed."""

from __future__ import annotations

REST: dict[str, tuple[str, str, str, str]] = {
    "path.bad": (
        "'{value}' không phải JSONPath (sai từ ký tự thứ {position})",
        "viết theo RFC 9535, như $.data hay $.MaHoSo; tên có dấu cách thì viết $['Mã hồ sơ']",
        "'{value}' is no JSONPath (wrong from character {position} on)",
        "write it by RFC 9535, like $.data or $.MaHoSo; a name with blanks is $['Mã hồ sơ']",
    ),
    "header.bad": (
        "'{value}' không dùng làm tên trường đầu (header) được",
        "chỉ dùng chữ không dấu, số và dấu gạch nối, như X-API-Key",
        "'{value}' cannot be the name of a header",
        "use letters, digits and hyphens, like X-API-Key",
    ),
    "oauth.user": (
        "chỉ có một trong hai: username, password",
        "viết cả hai (cấp quyền bằng mật khẩu), hoặc bỏ cả hai",
        "there is only one of username and password",
        "write both (the password grant), or neither",
    ),
    "oauth.secret": (
        "thiếu client_secret",
        'viết client_secret: "${{TÊN}}", hoặc username và password',
        "client_secret is missing",
        'write client_secret: "${{NAME}}", or username and password',
    ),
    "fields.code": (
        "fields không có code (mã hồ sơ)",
        "thêm code: đường dẫn tới mã hồ sơ, như $.MaHoSo",
        "fields lacks code, the dossier's code",
        "add code: a path to it, like $.MaHoSo",
    ),
    "fields.unread": (
        "'{key}' không có tác dụng: fields không có '{field}'",
        "thêm {field} vào fields, hoặc bỏ bảng này",
        "'{key}' has no effect: fields lacks '{field}'",
        "add {field} to fields, or leave this table out",
    ),
    "method.body": (
        "'{key}' cần method: POST",
        "viết method: POST, hoặc bỏ '{key}'",
        "'{key}' needs method: POST",
        "write method: POST, or leave '{key}' out",
    ),
    "body.twice": (
        "có cả body và form",
        "body gửi JSON, form gửi biểu mẫu; giữ một trong hai",
        "there are both body and form",
        "body is sent as JSON, form as a form; keep one of them",
    ),
    "map.deadlines": (
        "định dạng {map} không dùng để tính hạn được: nơi gửi báo hồ sơ đang tạm dừng là đã xong",
        "thêm deadlines: false; hạn trả lấy từ cổng của tỉnh",
        "deadlines cannot be taken from the format {map}: senders report paused dossiers as done",
        "add deadlines: false; take deadlines from the provincial portal",
    ),
}
