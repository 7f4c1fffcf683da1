"""Help on the keys of organisation.yaml."""

from __future__ import annotations

ORGANISATION: dict[str, dict[str, tuple[str, str]]] = {
    "OrganisationModel": {
        "fallback": (
            "Ai nhận khi không tìm được ai khác: person:MÃ hoặc group:TÊN.",
            "Who is told when nobody else can be found.",
        ),
        "units": ("Các đơn vị.", "The units."),
        "people": ("Những người có thể được nhắc.", "The people who can be told."),
        "people_csv": ("Tệp CSV có thêm người, trong thư mục này.", "A CSV with more people, in this folder."),
        "groups": ("Nhóm người: tên: [person:MÃ, …].", "Groups: name: [person:ID, …]."),
    },
    "Spanned": {
        "from": ("Từ ngày này, kể cả ngày đó.", "From this date on, inclusive."),
        "until": ("Đến hết ngày này.", "Up to and including this date."),
    },
    "UnitModel": {
        "code": ("Mã đơn vị, ngắn, không dấu cách: TP.", "The unit's code."),
        "name": ("Tên đơn vị như trên cổng.", "The unit's name as the portal writes it."),
        "kind": ("Loại: district, department, commune…, dùng ở head@kind:…", "Its kind, for head@kind:…"),
        "aliases": ("Tên khác mà cổng hay dùng.", "Other names that feeds write."),
        "reports_to": (
            "Đơn vị cấp trên; dòng đầu là cấp trên trực tiếp. {unit, kind: vertical} là ngành dọc.",
            "The unit above; the first is the ordinary line.",
        ),
        "successor": ("Đơn vị tiếp nhận khi đơn vị này giải thể.", "What follows a closed unit."),
    },
    "EdgeModel": {
        "unit": ("Mã đơn vị cấp trên.", "Code of the unit above."),
        "kind": ("Loại quan hệ, dùng ở head@parent:LOẠI. Mặc định line.", "Its kind, for head@parent:KIND."),
    },
    "PersonModel": {
        "id": ("Mã người, không đổi: dùng ở person:MÃ.", "The person's id, for person:ID."),
        "name": ("Họ tên hoặc chức vụ.", "Name."),
        "portal_ids": ("Tên đăng nhập trên cổng, để nhận ra hồ sơ của người này.", "How feeds name this officer."),
        "posts": ("Chức vụ: {unit: TP, post: head}.", "Posts held."),
        "contacts": ("Cách liên lạc, thử theo thứ tự.", "Ways to reach them, tried in order."),
        "away": ("Thời gian nghỉ và người thay.", "Leave, and who stands in."),
    },
    "PostModel": {
        "unit": ("Mã đơn vị.", "The unit's code."),
        "post": ("Chức vụ: head, deputy, duty hoặc tên khác.", "The post: head, deputy, duty or any other."),
    },
    "ContactModel": {
        "channel": ("Kênh, như ghi ở channels trong alertd.yaml.", "A channel of alertd.yaml."),
        "address": ("Địa chỉ thư điện tử.", "A mail address."),
        "phone": ('Số điện thoại, trong nháy kép: "84…".', "Phone number, in quotes."),
        "chat_id": ("Mã chat Telegram.", "Telegram chat id."),
        "user_id": ("Mã người dùng Zalo.", "Zalo user id."),
        "group_id": ("Mã nhóm Zalo.", "Zalo group id."),
    },
    "AwayModel": {
        "to": ("Người được nhắc thay: person:MÃ.", "Who is told instead."),
    },
}
