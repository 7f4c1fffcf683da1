from __future__ import annotations

import pytest

from alertd.core.mailbox import mailbox


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("an@office.example", ("", "an@office.example")),
        (" an@office.example ", ("", "an@office.example")),
        ("<an@office.example>", ("", "an@office.example")),
        ("Phòng Một cửa <an@office.example>", ("Phòng Một cửa", "an@office.example")),
        ('"Một, cửa" <an@office.example>', ("Một, cửa", "an@office.example")),
        ("a.b+c@x-y.gov.vn", ("", "a.b+c@x-y.gov.vn")),
        ("alertd@localhost", ("", "alertd@localhost")),
    ],
)
def test_what_names_a_mailbox(text, found):
    assert mailbox(text) == found


@pytest.mark.parametrize(
    "text",
    ["", "an", "an@", "@office.example", "an@office@x", "a b@x.vn", "án@x.vn", "an@x.vn\r\nRCPT TO:<b@x.vn>",
     "an..b@x.vn", ".an@x.vn", "an.@x.vn", "an@-x.vn", "an@x-.vn", "an@x..vn", "an@x.vn, b@x.vn", "an@x.vn\nBcc: b@x.vn",
     "a\r\nBcc: b@x.vn <an@x.vn>", "x" * 65 + "@x.vn", "an@" + "x." * 130 + "vn"],
    ids=repr,
)  # fmt: skip
def test_what_does_not(text):
    assert mailbox(text) is None
