from __future__ import annotations

import asyncio
import hashlib
import socket
import unicodedata
from datetime import timedelta

import pytest

from alertd.core.conversation import Button, Reply
from alertd.core.outcome import Outcome, Scope
from tests.channels.samples import outgoing
from tests.peers.loopback import Answer
from tests.peers.zalo_server import BAD_GATEWAY, NOT_JSON

PHONE = "84912345678"
USER = "3917283910482"
FORMS = [f"cs:{USER}", f"uid:{USER}", f"phone:{PHONE}", "group:f414c8f76fa586fbdfb4"]
PAGE = "https://canhbao.example/m/m0123-65f-abc"


async def test_a_consultation_carries_the_text(server, make_channel):
    result = await make_channel().send(outgoing(address=f"cs:{USER}"))

    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, server.taken[0].id)
    assert server.calls == ["/v3.0/oa/message/cs"]
    assert server.taken[0].body == {"recipient": {"user_id": USER}, "message": {"text": outgoing().text}}
    assert server.violations == []


async def test_a_template_by_user_id_carries_no_tracking_id(server, make_channel):
    result = await make_channel().send(outgoing(address=f"uid:{USER}"))

    assert result.outcome is Outcome.ACCEPTED
    assert server.calls == ["/v3.0/oa/message/template"]
    assert server.taken[0].body.keys() == {"user_id", "template_id", "template_data"}
    assert server.violations == []


async def test_without_consultation_the_template_is_sent_instead(server, make_channel):
    result = await make_channel(consultation=False).send(outgoing(address=f"cs:{USER}"))

    assert result.outcome is Outcome.ACCEPTED
    assert [(taken.form, taken.to) for taken in server.taken] == [("uid", USER)]


async def test_a_template_by_phone_carries_the_parts_id_for_the_receipt(server, make_channel):
    result = await make_channel().send(outgoing(address=f"phone:{PHONE}"))

    assert (result.outcome, result.provider_id) == (Outcome.ACCEPTED, server.taken[0].id)
    assert server.calls == ["/message/template"]
    body = server.taken[0].body
    assert (body["phone"], body["tracking_id"], body["template_id"]) == (PHONE, "m-1.1", "7895417a7d3f9461cd2e")
    assert body.keys() == {"phone", "tracking_id", "template_id", "template_data"}
    assert server.violations == []


async def test_a_phone_number_can_be_hashed_and_a_test_reach_administrators_only(server, make_channel):
    channel = make_channel(hash_phones=True, development=True)
    result = await channel.send(outgoing(address=f"phone:{PHONE}"))

    assert result.outcome is Outcome.ACCEPTED
    assert server.calls == ["/message/template/hashphone"]
    assert server.taken[0].to == hashlib.sha256(PHONE.encode()).hexdigest()
    assert server.taken[0].body["mode"] == "development"
    assert PHONE not in str(server.taken[0].body)


@pytest.mark.parametrize("written", ["+84912345678", "0912345678", "84 912 345 678", "(+84) 912-345-678"])
async def test_a_phone_number_is_sent_as_zalo_takes_it(server, make_channel, written):
    await make_channel().send(outgoing(address=f"phone:{written}"))

    assert server.taken[0].to == PHONE
    assert server.violations == []


async def test_a_group_gets_the_text_without_what_would_call_people(server, make_channel):
    text = "Hồ sơ [[@@all] [@12345] của <b>ông</b> [@"
    result = await make_channel().send(outgoing(address="group:f414", text=text, page=PAGE))

    assert result.outcome is Outcome.ACCEPTED
    assert server.calls == ["/v3.0/oa/group/message"]
    assert server.texts == ["Hồ sơ all] 12345] của <b>ông</b> "]
    assert server.violations == []


async def test_the_page_stands_below_the_last_part_where_there_are_no_buttons(server, make_channel):
    channel = make_channel()
    await channel.send(outgoing(address=f"cs:{USER}", text="a", page=PAGE, part=1, parts=2))
    await channel.send(outgoing(address=f"cs:{USER}", text="b", page=PAGE, part=2, parts=2))
    await channel.send(outgoing(address=f"cs:{USER}", text="c" * 1990, page=PAGE))

    assert server.texts == ["a", f"b\nXác nhận, giải trình: {PAGE}", "c" * 1990]


async def test_the_limit_is_2000_code_points_in_nfc_and_what_is_longer_is_not_tried(server, make_channel):
    channel = make_channel()
    fits = await channel.send(outgoing(address=f"cs:{USER}", text=unicodedata.normalize("NFD", "ề" * 2000)))
    too_long = await channel.send(outgoing(address=f"cs:{USER}", text="ề" * 2001))

    assert fits.outcome is Outcome.ACCEPTED
    assert (too_long.outcome, too_long.code) == (Outcome.PERM_PAYLOAD, "zalo:too_long")
    assert (len(server.calls), server.violations) == (1, [])


@pytest.mark.parametrize(
    ("changes", "outcome", "code"),
    [
        ({"address": None}, Outcome.PERM_RECIPIENT, "zalo:no_address"),
        ({"address": "uid:"}, Outcome.PERM_RECIPIENT, "zalo:no_address"),
        ({"address": "uid: "}, Outcome.PERM_RECIPIENT, "zalo:no_address"),
        ({"address": USER}, Outcome.PERM_RECIPIENT, "zalo:no_address"),
        ({"address": f"mail:{USER}"}, Outcome.PERM_RECIPIENT, "zalo:no_address"),
        ({"address": "phone:12345"}, Outcome.PERM_RECIPIENT, "zbs:no_phone"),
        ({"address": "phone:٠٩١٢٣٤٥٦٧٨"}, Outcome.PERM_RECIPIENT, "zbs:no_phone"),
        ({"address": f"phone:{PHONE}", "id": "m" * 49}, Outcome.PERM_PAYLOAD, "zbs:tracking_id"),
        ({"address": f"cs:{USER}", "text": " \n\x00"}, Outcome.PERM_PAYLOAD, "zalo:empty"),
    ],
)
async def test_what_cannot_be_sent_is_not_tried(server, make_channel, changes, outcome, code):
    result = await make_channel().send(outgoing(**changes))

    assert (result.outcome, result.code) == (outcome, code)
    assert server.calls == []


@pytest.mark.parametrize("form", [f"uid:{USER}", f"phone:{PHONE}"])
async def test_without_a_template_the_next_contact_takes_over(server, make_channel, form):
    result = await make_channel(templates={"soon": "s"}).send(outgoing(address=form))

    assert (result.outcome, result.code, result.scope) == (Outcome.PERM_PAYLOAD, "zalo:no_template", Scope.MESSAGE)
    assert "`overdue`" in result.detail
    assert server.calls == []


async def test_what_zalo_refuses_is_classified_by_the_host_that_refused(server, make_channel, clock):
    channel = make_channel()
    server.followers = set()
    server.no_zalo.add(PHONE)
    by_user = await channel.send(outgoing(address=f"uid:{USER}"))
    by_phone = await channel.send(outgoing(address=f"phone:{PHONE}"))

    assert (by_user.outcome, by_user.code) == (Outcome.PERM_RECIPIENT, "zoa:-213")
    assert (by_phone.outcome, by_phone.code) == (Outcome.PERM_RECIPIENT, "zbs:-118")
    assert USER not in by_user.detail
    assert PHONE not in by_phone.detail


async def test_a_consultation_ends_seven_days_after_the_last_word(server, make_channel, clock):
    channel = make_channel()
    server.spoke_at[USER] = clock.seconds()
    clock.move(days=6, hours=23)
    inside = await channel.send(outgoing(address=f"cs:{USER}"))
    clock.move(hours=2)
    server.expire()
    outside = await channel.send(outgoing(address=f"cs:{USER}"))

    assert inside.outcome is Outcome.ACCEPTED
    assert (outside.outcome, outside.code) == (Outcome.PERM_RECIPIENT, "zoa:-230")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("hang", "read_timeout"),
        ("drip", "timeout"),
        ("drop", "protocol_error"),
        ("reset", "read"),
        ("half", "protocol_error"),
        (NOT_JSON, "not_json"),
        (BAD_GATEWAY, "http:502"),
    ],
)
async def test_a_message_that_was_taken_and_not_confirmed_is_unknown(server, make_channel, form, fault, code):
    server.take_then(fault)
    result = await make_channel(timeout=0.2).send(outgoing(address=form))

    assert len(server.taken) == 1
    assert (result.outcome, result.code.partition(":")[2]) == (Outcome.UNKNOWN, code)
    assert len(server.calls) == 1


@pytest.mark.parametrize("form", FORMS)
async def test_zalo_out_of_reach_is_certainly_not_sent(server, make_channel, form):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}"
        result = await make_channel(base_url=nowhere, phone_url=nowhere).send(outgoing(address=form))

    assert (result.outcome, result.code.partition(":")[2]) == (Outcome.TRANSIENT, "connect")


async def test_a_redirect_is_not_followed(server, make_channel):
    server.fail(Answer(302, headers={"Location": "/elsewhere"}))
    result = await make_channel().send(outgoing(address=f"cs:{USER}"))

    assert (result.outcome, result.code) == (Outcome.CHANNEL_DOWN, "zoa:http:302")
    assert len(server.calls) == 1


async def test_only_templates_by_phone_have_a_receipt_to_wait_for(make_channel):
    channel = make_channel()

    assert [channel.receipt_wait(form) for form in FORMS] == [None, None, timedelta(minutes=10), None]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("quoted", [True, False])
async def test_a_refused_token_is_exchanged_once_and_the_call_made_once_more(server, make_channel, form, quoted):
    server.quoted_errors = quoted
    server.expire()
    result = await make_channel().send(outgoing(address=form))

    assert result.outcome is Outcome.ACCEPTED
    assert (len(server.taken), len(server.exchanges)) == (1, 1)
    assert server.violations == []


async def test_a_newer_token_of_another_process_is_used_without_an_exchange(server, make_channel, make_tokens):
    channel = make_channel()
    await channel.send(outgoing(address=f"cs:{USER}"))
    server.expire()
    await make_tokens().renew(await channel.tokens.current())
    result = await channel.send(outgoing(address=f"cs:{USER}"))

    assert result.outcome is Outcome.ACCEPTED
    assert len(server.exchanges) == 1


async def test_a_new_token_that_is_refused_too_takes_the_channel_down_and_is_not_exchanged_for_each_message(
    server, make_channel, clock
):
    channel = make_channel()
    refusals = [Answer(200, b'{"error":-216,"message":"Access token is invalid"}')] * 12
    server.fail(*refusals)
    results = [await channel.send(outgoing(address=f"cs:{USER}")) for _ in range(5)]

    assert results[0].outcome is Outcome.CHANNEL_DOWN
    assert results[0].code == "zoa:-216"
    assert all(result.outcome in {Outcome.CHANNEL_DOWN, Outcome.TRANSIENT} for result in results)
    assert len(server.exchanges) == 1


async def test_fifty_refused_tokens_at_once_cause_one_exchange(server, make_channel):
    channel = make_channel()
    await channel.tokens.current()
    server.expire()
    parts = [outgoing(id=f"m-{number}.1", address=f"phone:849123456{number:02}") for number in range(50)]
    results = await asyncio.gather(*(channel.send(part) for part in parts))

    assert {result.outcome for result in results} == {Outcome.ACCEPTED}
    assert len(server.exchanges) == 1
    assert len({taken.to for taken in server.taken}) == 50
    assert "a refresh token was used twice" not in server.violations


async def test_a_dead_refresh_token_takes_the_channel_down_and_needs_a_human(server, make_channel):
    channel = make_channel()
    server.revoke()
    result = await channel.send(outgoing(address=f"cs:{USER}"))

    assert (result.outcome, result.code, result.scope) == (Outcome.CHANNEL_DOWN, "zoa:-216", Scope.CHANNEL)
    assert "cấp quyền lại" in result.detail
    assert "-14014" in channel.tokens.trouble


async def test_while_the_exchange_is_lost_nothing_was_sent_and_it_is_tried_again_soon(server, make_channel, clock):
    channel = make_channel()
    server.expire()
    server.fail_exchange(BAD_GATEWAY)
    result = await channel.send(outgoing(address=f"cs:{USER}"))

    assert (result.outcome, result.retry_at) == (Outcome.TRANSIENT, clock.at + timedelta(seconds=30))
    clock.move(seconds=30)
    assert (await channel.send(outgoing(address=f"cs:{USER}"))).outcome is Outcome.ACCEPTED


async def test_without_any_token_no_call_is_made(server, make_channel, make_tokens):
    channel = make_channel(tokens=make_tokens(access_token=None, refresh_token=None))
    result = await channel.send(outgoing(address=f"cs:{USER}"))

    assert (result.outcome, result.code) == (Outcome.CHANNEL_DOWN, "zoa:no_token")
    assert "cấp quyền" in result.detail
    assert server.calls == []


async def test_a_database_that_refuses_is_certainly_not_sent(server, make_channel, stored):
    channel = make_channel()
    with stored.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE credentials")
    result = await channel.send(outgoing(address=f"cs:{USER}"))

    assert (result.outcome, result.code) == (Outcome.TRANSIENT, "zalo:store")
    assert server.calls == []


async def test_the_last_tenth_of_a_days_templates_is_kept_for_overdue_dossiers(server, make_channel, clock):
    server.remaining = 50  # of 500
    channel = make_channel()
    part = outgoing(address=f"phone:{PHONE}", urgency="normal")
    first, second = await channel.send(part), await channel.send(part)
    high = await channel.send(outgoing(address=f"phone:{PHONE}", urgency="high"))
    critical = await channel.send(outgoing(address=f"phone:{PHONE}", urgency="critical"))
    by_user = await channel.send(outgoing(address=f"uid:{USER}", urgency="normal"))

    assert first.outcome is Outcome.ACCEPTED
    assert (second.outcome, second.code, second.scope) == (Outcome.QUOTA, "zbs:reserved", Scope.MESSAGE)
    assert second.retry_at.isoformat() == "2024-06-04T23:05:00+00:00"
    assert {high.outcome, critical.outcome, by_user.outcome} == {Outcome.ACCEPTED}
    assert len(server.taken) == 4
    clock.move(hours=15)
    assert (await channel.send(part)).outcome is Outcome.ACCEPTED


async def test_a_days_quota_that_is_used_up_comes_back_in_the_morning(server, make_channel):
    server.remaining = 0
    result = await make_channel().send(outgoing(address=f"phone:{PHONE}"))

    assert (result.outcome, result.code) == (Outcome.QUOTA, "zbs:-144")
    assert result.retry_at.isoformat() == "2024-06-04T23:05:00+00:00"


async def test_a_rate_that_is_nearly_used_up_is_told_before_it_is_exceeded(server, make_channel):
    server.per_minute = 10
    channel = make_channel()
    results = [await channel.send(outgoing(address=f"cs:{USER}")) for _ in range(11)]

    assert [result.resume_at is not None for result in results] == [False] * 9 + [True, False]
    assert results[9].resume_at.isoformat() == "2024-06-04T09:01:00+00:00"
    assert (results[10].outcome, results[10].code) == (Outcome.RATE_LIMITED, "zoa:-32")
    assert results[10].retry_at == results[9].resume_at


async def test_a_person_who_wrote_is_answered_in_as_many_messages_as_it_takes(server, make_channel):
    lines = "\n".join(f"{number}. H27.35-{number:06}" for number in range(300))
    result = await make_channel().answer(USER, Reply(lines, buttons=(Button("Đã nhận", "a:1"),)))

    assert result.outcome is Outcome.ACCEPTED
    assert [taken.to for taken in server.taken] == [USER] * len(server.taken)
    assert "\n".join(server.texts) == lines
    assert len(server.texts) > 1
    assert server.violations == []


async def test_an_answer_in_a_group_goes_to_the_group_and_an_empty_one_nowhere(server, make_channel):
    channel = make_channel()
    await channel.answer("group:f414", Reply("chào [@all]"))
    nothing = await channel.answer(USER, Reply(toast="Đã ghi nhận"))

    assert [(taken.form, taken.to) for taken in server.taken] == [("group", "f414")]
    assert nothing.outcome is Outcome.ACCEPTED
    assert server.violations == []


async def test_an_answer_stops_at_the_first_message_that_is_not_accepted(server, make_channel):
    server.fail(-200)
    result = await make_channel().answer(USER, Reply("x\n" * 3000))

    assert (result.outcome, result.code) == (Outcome.TRANSIENT, "zoa:-200")
    assert server.taken == []


async def test_a_probe_asks_for_the_account_and_sends_nothing(server, make_channel):
    result = await make_channel().probe()

    assert result.outcome is Outcome.ACCEPTED
    assert server.calls == ["/v2.0/oa/getoa"]


async def test_a_probe_renews_a_token_and_knows_no_unknown(server, make_channel):
    channel = make_channel()
    server.expire()
    renewed = await channel.probe()
    server.fail(BAD_GATEWAY)
    broken = await channel.probe()

    assert renewed.outcome is Outcome.ACCEPTED
    assert (broken.outcome, broken.code) == (Outcome.TRANSIENT, "zoa:http:502")
