"""Words for faults of meaning in policies and in the organisation: what would alert wrongly, twice or never."""

from __future__ import annotations

RULES: dict[str, tuple[str, str, str, str]] = {
    # policies
    "policy.duplicate-name": (
        "chính sách '{name}' đã có ở trên",
        "đặt tên khác",
        "the policy '{name}' stands above already",
        "give it another name",
    ),
    "policy.last": (
        "chính sách cuối cùng (clock: {clock}) không phải match: {{}}",
        "thêm ở cuối một chính sách match: {{}} để không hồ sơ nào bị bỏ sót",
        "the last policy (clock: {clock}) is not match: {{}}",
        "end with a policy match: {{}} so that no dossier is without one",
    ),
    "policy.same-match": (
        "điều kiện giống hệt chính sách '{other}' ở trên",
        "gộp hai chính sách, hoặc đổi điều kiện",
        "the match is the same as that of '{other}' above",
        "join the two, or change the match",
    ),
    "policy.unreachable": (
        "chính sách '{name}' không bao giờ được dùng: các chính sách ở trên đã nhận hết",
        "đưa nó lên trước chính sách rộng hơn",
        "the policy '{name}' can never match: those above take all of its dossiers",
        "move it above the wider one",
    ),
    "match.empty": (
        "danh sách trống không hợp với hồ sơ nào",
        "viết ít nhất một giá trị, hoặc bỏ khóa này",
        "an empty list matches no dossier",
        "write at least one value, or leave the key out",
    ),
    "match.channel": (
        "không có hình thức nộp '{value}'",
        "{near}",
        "there is no way of filing '{value}'",
        "{near}",
    ),
    "match.closed": (
        "đơn vị '{unit}' đã kết thúc: chính sách không bao giờ được dùng",
        "dùng đơn vị kế thừa",
        "the unit '{unit}' is closed: the policy can never match",
        "name its successor",
    ),
    "step.duplicate-name": (
        "bước '{name}' đã có ở trên trong cùng chính sách",
        "đặt tên khác",
        "the step '{name}' stands above already in this policy",
        "give it another name",
    ),
    "step.same": (
        "cùng thời điểm và cùng người nhận với bước '{other}'",
        "bỏ một bước, hoặc đổi at hay to",
        "same instant and same recipients as the step '{other}'",
        "drop one of them, or change at or to",
    ),
    "step.before-receipt": (
        "'{value}' sớm hơn lúc nhận hồ sơ: bước này không bao giờ được gửi",
        "viết sát hạn hơn, không sớm hơn {most}",
        "'{value}' lies before receipt: the step can never fire",
        "write an instant closer to the due date, at most {most} before it",
    ),
    "step.every-slot": (
        "nhắc lại mỗi {value} nhưng hai đợt gửi cách nhau {slot} giờ làm việc",
        "viết every từ {slot}h trở lên, thêm đợt gửi, hoặc urgency: critical",
        "repeats every {value} but slots are {slot} working hours apart",
        "write every: {slot}h or more, add slots, or urgency: critical",
    ),
    "level.skipped": (
        "chính sách '{name}' báo cấp trên mà bỏ qua hoặc báo sau {level}",
        "thêm bước cho {level} trước bước này",
        "the policy '{name}' goes up without telling {level} first",
        "add a step for {level} before this one",
    ),
    "post.unknown": (
        "không có chức vụ hay vai trò '{value}'",
        "{near}",
        "there is no post or role '{value}'",
        "{near}",
    ),
    "post.vacant": (
        "hôm nay không ai giữ chức vụ '{post}' ở {unit}",
        "ghi người giữ chức vụ vào organisation.yaml; trong lúc trống, cảnh báo sang cấp phó, rồi cấp trên",
        "nobody holds the post '{post}' at {unit} today",
        "name a holder in organisation.yaml; meanwhile the deputy, then the head above is told",
    ),
    "target.kind": (
        "không có đơn vị nào thuộc loại '{value}'",
        "{near}",
        "there is no unit of kind '{value}'",
        "{near}",
    ),
    "target.edge": (
        "không có tuyến báo cáo nào thuộc loại '{value}'",
        "{near}",
        "there is no line of reporting of kind '{value}'",
        "{near}",
    ),
    "role.shadows": (
        "vai trò '{name}' che mất chức vụ cùng tên",
        "đặt tên vai trò khác",
        "the role '{name}' hides the post of that name",
        "give the role another name",
    ),
    # organisation
    "unit.duplicate": (
        "mã đơn vị '{code}' đã có ở trên",
        "mỗi đơn vị một mã",
        "the unit code '{code}' stands above already",
        "one code per unit",
    ),
    "unit.unknown": (
        "không có đơn vị '{code}'",
        "{near}",
        "there is no unit '{code}'",
        "{near}",
    ),
    "unit.loop": (
        "các đơn vị báo cáo vòng tròn: {line}",
        "bỏ một tuyến reports_to",
        "units report in a circle: {line}",
        "remove one reports_to",
    ),
    "unit.successor-loop": (
        "các đơn vị kế thừa vòng tròn: {line}",
        "bỏ một successor",
        "units succeed each other in a circle: {line}",
        "remove one successor",
    ),
    "span.backwards": (
        "until {last} sớm hơn from {first}",
        "đổi lại hai ngày",
        "until {last} is earlier than from {first}",
        "swap or mend the dates",
    ),
    "span.overlap": (
        "thời gian trùng với mục '{other}' ở trên",
        "ghi until cho mục trước, from cho mục sau",
        "overlaps in time with '{other}' above",
        "end the earlier with until, begin the later with from",
    ),
    "person.duplicate": (
        "mã người '{id}' đã có ở trên",
        "mỗi người một mã; nhiều chức vụ thì ghi nhiều mục trong posts",
        "the person id '{id}' stands above already",
        "one id per person; several posts go into posts",
    ),
    "person.unknown": (
        "không có người '{id}'",
        "{near}",
        "there is no person '{id}'",
        "{near}",
    ),
    "person.portal-id": (
        "tài khoản '{value}' đã thuộc về '{other}'",
        "mỗi tài khoản trên cổng một người",
        "the portal id '{value}' belongs to '{other}' already",
        "one person per portal id",
    ),
    "person.unreachable": (
        "không có cách nào liên lạc với '{id}'",
        "thêm contacts, ví dụ [{{channel: {channel}}}]",
        "there is no way to reach '{id}'",
        "add contacts, such as [{{channel: {channel}}}]",
    ),
    "away.self": (
        "người thay thế là chính người đi vắng",
        "ghi người khác",
        "the substitute is the absent person",
        "name somebody else",
    ),
    "contact.channel": (
        "kênh '{channel}' chưa khai báo trong alertd.yaml",
        "thêm vào channels; {near}",
        "the channel '{channel}' is not configured in alertd.yaml",
        "add it to channels; {near}",
    ),
    "contact.duplicate": (
        "địa chỉ này đã là của '{other}' trên kênh {channel}",
        "mỗi người một địa chỉ",
        "this address is already that of '{other}' on {channel}",
        "one address per person",
    ),
    "contact.chat-id": (
        "'{value}' không phải mã trò chuyện Telegram",
        "viết số, hoặc bỏ kênh này",
        "'{value}' is no Telegram chat id",
        "write the number, or leave this channel out",
    ),
    "contact.phone": (
        "'{value}' không phải số điện thoại",
        'viết như "84912345678"',
        "'{value}' is no telephone number",
        'write it like "84912345678"',
    ),
    "group.unknown": (
        "không có nhóm '{name}'",
        "{near}",
        "there is no group '{name}'",
        "{near}",
    ),
    "group.empty": (
        "nhóm '{name}' không có ai",
        "thêm person:MÃ vào nhóm trong organisation.yaml",
        "the group '{name}' has nobody",
        "add person:ID to it in organisation.yaml",
    ),
    "fallback.nobody": (
        "fallback '{value}' không chỉ được ai",
        "ghi một người hoặc nhóm có thật; {near}",
        "the fallback '{value}' is nobody",
        "name a person or group that exists; {near}",
    ),
}
