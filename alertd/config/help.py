"""What each key of the configuration is for, in one sentence: the help that an editor shows.

A table has one row a key, (Vietnamese, English), under the name of its model; a key of a mapping whose keys are given
(the columns of a sheet, the phases) stands under the key that holds the mapping. `tests/config/test_schema.py` keeps
the tables whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alertd.config.help_channels import CHANNELS
from alertd.config.help_feeds import FEEDS, KEYS
from alertd.config.help_organisation import ORGANISATION
from alertd.config.help_rules import RULES
from alertd.config.help_settings import SETTINGS
from alertd.config.help_targets import TARGETS
from alertd.config.help_tests import TESTS

if TYPE_CHECKING:
    from alertd.config.strict import Strict

Row = tuple[str, str]
MODELS: dict[str, dict[str, Row]] = SETTINGS | FEEDS | CHANNELS | RULES | ORGANISATION | TARGETS | TESTS
FILES: dict[str, Row] = {
    "alertd": (
        "Múi giờ, nơi lưu, nguồn hồ sơ, kênh gửi, giờ gửi.",
        "Zone, storage, feeds, channels, delivery.",
    ),
    "escalation": ("Ai được nhắc, trước hay sau hạn bao lâu.", "Who is told, how long before or after the due date."),
    "organisation": ("Đơn vị, chức vụ, người và cách liên lạc.", "Units, posts, people and how they are reached."),
    "calendar": ("Giờ làm việc, ngày nghỉ, ngày làm bù.", "Sessions, days off, make-up days."),
    "tests": ("Bài thử quy tắc: alertd test TỆP.", "Rule tests, for alertd test FILE."),
    "targets": (
        "Chỉ tiêu được giao, mỗi chỉ tiêu kèm văn bản giao. Không có chỉ tiêu mặc định.",
        "Goals of the plan, each with its legal basis. There are no defaults.",
    ),
}


def help_of(model: type[Strict], key: str) -> str:
    """The help on one key; of the nearest class that has a row. Raises KeyError when none has."""
    for each in model.__mro__:
        row = MODELS.get(each.__name__, {}).get(key)
        if row is not None:
            return _text(row)
    raise KeyError(f"{model.__name__}.{key} has no help; write a row into alertd/config/help_*.py")


def key_help(holder: str, key: str) -> str:
    """The help on a key of the mapping that stands under `holder`. Raises KeyError when it has no row."""
    row = KEYS.get(holder, {}).get(key)
    if row is None:
        raise KeyError(f"{holder}.{key} has no help; write a row into KEYS of alertd/config/help_feeds.py")
    return _text(row)


def title_of(file: str) -> str:
    """What a file is for."""
    return _text(FILES[file])


def _text(row: Row) -> str:
    return "\n\n".join(row)
