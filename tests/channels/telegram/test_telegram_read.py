from __future__ import annotations

import pytest
from telegram import Update

from alertd.channels.telegram.connection import PollRequest
from alertd.channels.telegram.read import read
from alertd.core.conversation import Inbound, Kind
from tests.channels.samples import NOW
from tests.peers.telegram_polls import Polls

BOT = {"id": 123456, "is_bot": True, "first_name": "alertd", "username": "alertd_bot"}


def told(act):
    """What an act of a person is as an event."""
    polls = Polls([])
    act(polls)
    return read(Update.de_json(polls._waiting[0], None), "alertd_bot", NOW)


def test_a_text():
    event = told(lambda polls: polls.text(4711, "/hoso H27.35-240531-0007", update_id=7))

    assert event == Inbound("telegram", "7", Kind.TEXT, "4711", NOW, "/hoso H27.35-240531-0007")


def test_a_press():
    event = told(lambda polls: polls.press(4711, "a:m1:mac", update_id=8))

    assert event == Inbound("telegram", "8", Kind.BUTTON, "4711", NOW, "a:m1:mac")


def test_a_press_in_a_group_is_not_private():
    event = told(lambda polls: polls.press(-1004711, "a:m1:mac", update_id=8))

    assert event == Inbound("telegram", "8", Kind.BUTTON, "-1004711", NOW, "a:m1:mac", private=False)


def test_a_press_under_a_message_that_telegram_no_longer_gives_counts_in_its_chat():
    def act(polls):
        query = {"id": "1", "from": {"id": 4711, "is_bot": False, "first_name": "Cán bộ"}, "chat_instance": "1"}
        message = {"message_id": 5, "date": 0, "chat": {"id": 4711, "type": "private"}}
        polls.tell({"callback_query": {**query, "data": "a", "message": message}})

    event = told(act)

    assert (event.kind, event.address, event.text, event.private) == (Kind.BUTTON, "4711", "a", True)


def test_a_press_without_a_message_counts_in_the_pressers_own_chat():
    def act(polls):
        query = {"id": "1", "from": {"id": 4711, "is_bot": False, "first_name": "Cán bộ"}, "chat_instance": "1"}
        polls.tell({"callback_query": {**query, "data": "a", "inline_message_id": "9"}})

    assert told(act).address == "4711"


@pytest.mark.parametrize(
    ("chat", "before", "after", "kind"),
    [
        (4711, "member", "kicked", Kind.GONE),
        (4711, "kicked", "member", Kind.BACK),
        (-42, "member", "left", Kind.GONE),
        (-42, "member", "kicked", Kind.GONE),
        (-42, "left", "member", Kind.BACK),
    ],
)
def test_the_bots_standing_in_a_chat(chat, before, after, kind):
    event = told(lambda polls: polls.member(chat, before, after))

    assert (event.kind, event.address, event.private) == (kind, str(chat), chat > 0)


def test_a_change_among_those_present_is_no_event():
    assert told(lambda polls: polls.member(-42, "member", "member")) is None


@pytest.mark.parametrize(("is_member", "kind"), [(True, None), (False, Kind.GONE)])
def test_a_restricted_bot_is_present_while_it_is_a_member(is_member, kind):
    def act(polls):
        rights = dict.fromkeys(
            ("can_send_messages", "can_send_polls", "can_send_other_messages", "can_add_web_page_previews",
             "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics", "can_send_audios",
             "can_send_documents", "can_send_photos", "can_send_videos", "can_send_video_notes",
             "can_send_voice_notes", "can_edit_tag", "can_react_to_messages"), False,
        )  # fmt: skip
        after = {"user": BOT, "status": "restricted", "is_member": is_member, "until_date": 0, **rights}
        person = {"id": 1, "is_bot": False, "first_name": "Cán bộ"}
        change = {"chat": {"id": -42, "type": "supergroup", "title": "Phòng"}, "from": person, "date": 0}
        polls.tell(
            {
                "my_chat_member": {
                    **change,
                    "old_chat_member": {"user": BOT, "status": "member"},
                    "new_chat_member": after,
                }
            }
        )

    event = told(act)

    assert (event.kind if event else None) is kind


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("/quahan@alertd_bot", "/quahan"),
        ("/hoso@ALERTD_bot H27.35-240531-0007", "/hoso H27.35-240531-0007"),
        ("/giaitrinh@alertd_bot dòng một\ndòng hai", "/giaitrinh dòng một\ndòng hai"),
        ("hỏi @alertd_bot", "hỏi @alertd_bot"),
    ],
)
def test_a_command_in_a_group_may_name_the_bot(text, heard):
    event = told(lambda polls: polls.text(-42, text))

    assert (event.text, event.private) == (heard, False)


def test_a_command_for_another_bot_is_not_heard():
    assert told(lambda polls: polls.text(-42, "/quahan@other_bot")) is None


def test_what_a_bot_or_the_chat_itself_says_is_not_heard():
    chat = {"id": -42, "type": "supergroup", "title": "Phòng"}
    for message in ({"from": BOT, "text": "/quahan"}, {"text": "/quahan"}, {"from": BOT, "left_chat_member": BOT}):
        update = Update.de_json(
            {"update_id": 1, "message": {"message_id": 1, "date": 0, "chat": chat, **message}}, None
        )
        assert read(update, "alertd_bot", NOW) is None


def test_what_stands_under_a_picture_is_heard_as_a_text():
    message = {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "caption": "Lý do: chờ xác minh"}
    message["from"] = {"id": 1, "is_bot": False, "first_name": "Cán bộ"}

    assert read(Update.de_json({"update_id": 1, "message": message}, None), None, NOW).text == "Lý do: chờ xác minh"


def test_an_update_without_content_is_no_event():
    assert read(Update.de_json({"update_id": 1}, None), "alertd_bot", NOW) is None


def test_a_refusal_of_a_poll_is_left_as_it_is():
    assert PollRequest.parse_json_payload(b'{"ok":false,"error_code":409}') == {"ok": False, "error_code": 409}
