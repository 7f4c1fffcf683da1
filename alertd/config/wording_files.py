"""Words for faults of form: files, YAML, keys."""

from __future__ import annotations

FILES: dict[str, tuple[str, str, str, str]] = {
    "folder.missing": (
        "không có thư mục này",
        "chỉ đúng thư mục cấu hình bằng --config, hoặc chép từ mẫu config/",
        "there is no such folder",
        "name the configuration folder with --config, or copy the sample config/",
    ),
    "file.missing": (
        "thiếu tệp {name}",
        "tạo tệp này; xem mẫu trong config/samples",
        "{name} is missing",
        "create it; config/samples has one to copy",
    ),
    "file.unreadable": (
        "không đọc được tệp: {problem}",
        "kiểm tra quyền đọc",
        "the file cannot be read: {problem}",
        "check its permissions",
    ),
    "file.encoding": (
        "tệp không phải UTF-8",
        "lưu lại với mã UTF-8",
        "the file is not UTF-8",
        "save it as UTF-8",
    ),
    "file.empty": (
        "tệp trống",
        "viết nội dung theo mẫu trong config/samples",
        "the file is empty",
        "write it; config/samples has one to copy",
    ),
    "reload.restart": (
        "{key} không đổi được khi đang chạy",
        "dừng rồi chạy lại alertd run để dùng cấu hình này",
        "{key} cannot change while the daemon runs",
        "stop and start alertd run to use this configuration",
    ),
    "template.broken": (
        "mẫu tin không dùng được: {problem}",
        "sửa mẫu tin, hoặc cài lại alertd",
        "the template of messages cannot render: {problem}",
        "mend it, or install alertd anew",
    ),
    "yaml.tab": (
        "thụt dòng bằng phím Tab",
        "thụt dòng bằng dấu cách",
        "the line is indented with a tab",
        "indent with spaces",
    ),
    "yaml.deep": (
        "tệp lồng quá sâu",
        "viết theo mẫu trong config/samples",
        "the file is nested too deeply",
        "write it as in config/samples",
    ),
    "yaml.syntax": (
        "sai cú pháp YAML ({problem})",
        "kiểm tra dấu ngoặc, dấu nháy, dấu hai chấm và thụt dòng ở đây và dòng trước",
        "this is no valid YAML ({problem})",
        "check brackets, quotes, colons and indentation here and on the line before",
    ),
    "yaml.alias": (
        "tham chiếu (&, *) vòng tròn hoặc quá lớn",
        "viết hẳn giá trị ra",
        "an alias (&, *) refers to itself or grows too big",
        "write the value out",
    ),
    "yaml.tag": (
        "không dùng nhãn kiểu {tag}",
        "bỏ nhãn, hoặc đặt giá trị trong dấu nháy kép",
        "the tag {tag} is not used here",
        "leave it out, or put the value into quotes",
    ),
    "yaml.key": (
        "khóa phải là một từ",
        "viết khóa: giá trị",
        "a key must be a word",
        "write key: value",
    ),
    "yaml.duplicate": (
        "khóa '{key}' đã có ở trên",
        "giữ một trong hai",
        "the key '{key}' stands above already",
        "keep one of the two",
    ),
    "yaml.surprise": (
        "{value} không có dấu nháy dễ bị hiểu là số hoặc đúng/sai",
        'nếu là chữ hay giờ thì viết "{value}" trong dấu nháy kép',
        "{value} without quotes is easily read as a number or a truth value",
        'if it is text or a time, write "{value}" in quotes',
    ),
    "csv.syntax": (
        "tệp CSV hỏng ({problem})",
        "xuất lại thành CSV UTF-8",
        "the CSV is broken ({problem})",
        "export it again as CSV UTF-8",
    ),
    "csv.cells": (
        "dòng có {cells} ô nhưng tiêu đề chỉ có {columns} cột",
        "đặt ô có dấu phân cách trong dấu nháy kép",
        "the row has {cells} cells and the header {columns} columns",
        "put a cell that holds the separator into quotes",
    ),
    "csv.name": (
        "mã '{id}' đã có tên '{name}' ở dòng trên",
        "mỗi người một mã; các dòng cùng mã phải cùng tên",
        "the id '{id}' is '{name}' further up",
        "one id per person; rows of one id carry one name",
    ),
    "key.missing": (
        "thiếu khóa '{key}'",
        "viết thêm '{key}' ở đây",
        "the key '{key}' is missing",
        "write '{key}' here",
    ),
    "key.unknown": (
        "không có khóa '{key}'",
        "{near}",
        "there is no key '{key}'",
        "{near}",
    ),
    "channel.unknown": (
        "không có kênh '{key}' trong bản này",
        "{near}",
        "there is no channel '{key}' in this version",
        "{near}",
    ),
}
