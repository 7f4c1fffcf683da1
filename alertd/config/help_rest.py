"""Help on the keys of a `rest` feed."""

from __future__ import annotations

_PLACE = (
    "Tham số trang nằm ở query (mặc định) hay body.",
    "Where the parameters of a page stand: query (default) or body.",
)
_SIZE = ("Tên tham số cỡ trang, nếu cổng có.", "The parameter for the size of a page, if there is one.")

REST: dict[str, dict[str, tuple[str, str]]] = {
    "RestFeed": {
        "url": ("Địa chỉ trả về danh sách hồ sơ.", "The address that answers the list of dossiers."),
        "rows": ("JSONPath tới danh sách hồ sơ, như $.data.", "JSONPath to the list of dossiers, like $.data."),
        "paging": (
            "Cách chia trang: page, offset, link, cursor; none nếu một lần gọi trả đủ.",
            "How pages are asked for: page, offset, link, cursor; none where one call gives all.",
        ),
        "map": (
            "Định dạng có sẵn: dvcqg (bản sao trên Cổng quốc gia, không dùng để tính hạn).",
            "A ready map: dvcqg, the national portal's copy, which is unfit for deadlines.",
        ),
        "fields": (
            "JSONPath của từng trường trong một hồ sơ; ghi nhiều đường dẫn thì lấy cái đầu tiên có giá trị.",
            "A JSONPath per field within one dossier; of several the first that finds a value counts.",
        ),
        "method": ("GET (mặc định) hoặc POST.", "GET (default) or POST."),
        "params": ("Tham số gửi kèm địa chỉ.", "Parameters that go with the address."),
        "headers": ("Trường đầu (header) gửi kèm.", "Headers that go with each call."),
        "body": ("Nội dung JSON của POST.", "JSON body of a POST."),
        "form": ("Nội dung dạng biểu mẫu của POST.", "A POST as a form."),
        "auth": (
            "Cách đăng nhập: basic, bearer, header, oauth2; none là không cần.",
            "How to log in: basic, bearer, header, oauth2; none where there is no login.",
        ),
        "total": ("JSONPath tới tổng số hồ sơ, như $.total.", "JSONPath to the number of dossiers, like $.total."),
        "last": ("JSONPath tới dấu hiệu trang cuối (true/false).", "JSONPath to whether this page is the last."),
        "page_size": ("Số hồ sơ mỗi trang. Mặc định 200.", "Dossiers a page. Default 200."),
        "timeout": ("Chờ cổng trả lời bao lâu. Mặc định 30s.", "How long to wait for an answer. Default 30s."),
        "z_is_local": (
            "true: chữ Z cuối giờ chỉ là hình thức, giờ ghi là giờ địa phương. Mặc định false.",
            "true: a Z behind a time is for show, the time is local. Default false.",
        ),
        "epoch_ms": (
            "true: số 12-13 chữ số là mili giây từ năm 1970. Mặc định false.",
            "true: numbers of 12 or 13 digits are milliseconds since 1970. Default false.",
        ),
        "deadlines": (
            "false: không tính hạn từ nguồn này, hồ sơ chỉ được đếm. Mặc định true.",
            "false: no deadlines are taken from this feed, its dossiers are only counted. Default true.",
        ),
        "done_needs_finish": (
            "true: chỉ tin 'đã xong' khi ngày kết thúc sau ngày tiếp nhận. Mặc định false.",
            "true: done is believed only with a finish after the receipt. Default false.",
        ),
    },
    "BasicLogin": {
        "type": ("Tên và mật khẩu trong mỗi lần gọi.", "A user and a password with every call."),
        "username": ("Tên đăng nhập.", "User name."),
        "password": ("Mật khẩu, viết ${TÊN}.", "Password, as ${NAME}."),
    },
    "BearerLogin": {
        "type": ("Mã truy cập cố định.", "A fixed bearer token."),
        "token": ("Mã truy cập, viết ${TÊN}.", "The token, as ${NAME}."),
    },
    "HeaderLogin": {
        "type": ("Khóa trong một trường đầu (header).", "A key in a header."),
        "name": ("Tên trường đầu. Mặc định X-API-Key.", "The header's name. Default X-API-Key."),
        "secret": ("Khóa, viết ${TÊN}.", "The key, as ${NAME}."),
    },
    "OauthLogin": {
        "type": ("OAuth 2: lấy mã truy cập có thời hạn.", "OAuth 2: a token that expires."),
        "token_url": ("Địa chỉ cấp mã.", "The address that gives tokens."),
        "client_id": ("Mã ứng dụng.", "The client's id."),
        "client_secret": ("Khóa ứng dụng, viết ${TÊN}.", "The client's secret, as ${NAME}."),
        "username": ("Tên đăng nhập, nếu cấp quyền bằng mật khẩu.", "User name, for the password grant."),
        "password": ("Mật khẩu, viết ${TÊN}.", "Password, as ${NAME}."),
        "scope": ("Phạm vi xin cấp.", "The scope asked for."),
    },
    "PagePaging": {
        "in": _PLACE,
        "type": ("Theo số trang.", "By the number of the page."),
        "parameter": ("Tên tham số số trang. Mặc định page.", "The parameter's name. Default page."),
        "size": ("Tên tham số cỡ trang. Mặc định size.", "The parameter for the size of a page. Default size."),
        "first": ("Trang đầu là số 0 (mặc định) hay 1.", "The number of the first page: 0 (default) or 1."),
    },
    "OffsetPaging": {
        "in": _PLACE,
        "type": ("Theo số hồ sơ bỏ qua.", "By how many dossiers to pass over."),
        "parameter": ("Tên tham số bỏ qua. Mặc định offset.", "The parameter's name. Default offset."),
        "size": ("Tên tham số cỡ trang. Mặc định limit.", "The parameter for the size of a page. Default limit."),
    },
    "LinkPaging": {
        "in": _PLACE,
        "type": ("Địa chỉ trang sau nằm trong câu trả lời.", "The next page's address stands in the answer."),
        "next": ("JSONPath tới địa chỉ trang sau, như $.next.", "JSONPath to the next page's address, like $.next."),
        "size": _SIZE,
    },
    "CursorPaging": {
        "in": _PLACE,
        "type": ("Dấu trang sau nằm trong câu trả lời.", "A mark of the next page stands in the answer."),
        "next": ("JSONPath tới dấu trang sau, như $.cursor.", "JSONPath to the mark, like $.cursor."),
        "parameter": ("Tên tham số để gửi dấu đó. Mặc định cursor.", "The parameter to send it as. Default cursor."),
        "size": _SIZE,
    },
}
