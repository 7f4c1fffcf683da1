"""What an operator sees of the outbox and may do about it, one state at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from alertd.core.delivery import PartState
from alertd.core.errors import AlertdError, InputError
from alertd.core.policy import Urgency
from alertd.store import operate, storms
from alertd.store import outbox as queue
from alertd.store.tables import alerts, attempts, outbox
from tests.store.ground import at

NOW = at("05/06 08:00")


class Queue:
    """An outbox into which messages are put in the states that a test wants."""

    def __init__(self, database):
        self.database = database
        self.count = 0

    def put(self, person="an", parts=1, *, storm=None, pinned=False, age=timedelta(), **values):
        """A message with one alert; `values` go into its first part."""
        self.count += 1
        made = NOW - age
        with self.database.write() as connection:
            alert = connection.execute(insert(alerts).values(
                dossier_id=0, subject=f"s{self.count}", episode=1, step="overdue", occurrence=0, folded=0,
                person=person, policy="standard", target="officer", unit=None, at=made, recorded_at=made,
                state="pending", urgency="high", late_reason=None, note="", message=None,
            )).inserted_primary_key[0]  # fmt: skip
            texts = [queue.NewPart(f"text {n}", ()) for n in range(parts)]
            message = queue.enqueue(
                connection, person, texts, [alert], kind="digest", urgency=Urgency.HIGH, late=False, slot=made,
                now=made, channel="telegram", storm_id=storm, held=storm is not None, pinned=pinned,
            )  # fmt: skip
            if values:
                self.change(connection, f"{message}.1", **values)
        return message

    def change(self, connection, part, **values):
        connection.execute(update(outbox).where(outbox.c.id == part).values(values))

    def tried(self, message, code, number=1, outcome="unknown"):
        with self.database.write() as connection:
            connection.execute(insert(attempts).values(
                id=f"{message}-{number}", outbox_id=f"{message}.1", number=number, channel="telegram", address="1",
                started_at=NOW, finished_at=NOW, outcome=outcome, code=code, provider_id=None, detail="",
            ))  # fmt: skip
            self.change(connection, f"{message}.1", attempts=number)

    def storm(self):
        with self.database.write() as connection:
            return storms.begin(connection, NOW, 2, 1, NOW)

    def stuck(self, now=NOW):
        with self.database.read() as connection:
            return operate.stuck(connection, now)

    def do(self, action, *arguments):
        with self.database.write() as connection:
            return action(connection, *arguments)

    def parts(self, message):
        with self.database.read() as connection:
            return connection.execute(select(outbox).where(outbox.c.message == message).order_by(outbox.c.part)).all()

    def alert(self, message):
        with self.database.read() as connection:
            return connection.scalar(select(alerts.c.state).where(alerts.c.message == message))


@pytest.fixture
def box(database):
    return Queue(database)


def by_telegram(_person):
    return "telegram"


def nobody(_person):
    return ""


# --- what is listed ---------------------------------------------------------------------------------------------------


def test_what_leaves_as_it_should_is_not_listed(box):
    box.put()
    box.put(state="accepted", not_before=None, settled_at=NOW)
    box.put(state="superseded", not_before=None, settled_at=NOW)
    box.put(state="discarded", not_before=None, settled_at=NOW)
    box.put(state="sending", claimed_by="x", claim_deadline=NOW + timedelta(minutes=1))
    box.put(state="failed", pinned=True, not_before=None, settled_at=NOW)
    assert box.stuck() == []


def test_the_rest_is_listed_worst_first(box):
    storm = box.storm()
    old = box.put(age=timedelta(hours=1))
    retry = box.put(state="retry", not_before=NOW + timedelta(minutes=5))
    held = box.put(storm=storm)
    unknown = box.put(state="unknown", not_before=NOW + timedelta(minutes=3))
    failed = box.put(state="failed", not_before=None, settled_at=NOW, detail="tg:403 blocked")
    lost = box.put(state="sending", claimed_by="x", claim_deadline=NOW - timedelta(minutes=1))
    found = box.stuck()
    assert [each.message for each in found] == [failed, unknown, held, retry, lost, old]
    assert [each.storm for each in found] == [None, None, storm, None, None, None]
    assert found[0].detail == "tg:403 blocked"
    assert found[1].again_at == NOW + timedelta(minutes=3)


def test_a_message_is_one_line_with_its_worst_part_and_the_last_answer(box):
    message = box.put(parts=3, state="accepted", not_before=None, settled_at=NOW)
    box.tried(message, "tg:old")
    with box.database.write() as connection:
        box.change(connection, f"{message}.2", state="retry", not_before=NOW)
        box.change(connection, f"{message}.3", state="failed")
    (found,) = box.stuck()
    assert (found.state, found.parts, found.accepted, found.channel) == (PartState.FAILED, 3, 1, "telegram")
    other = box.put(state="unknown")
    box.tried(other, "tg:first")
    box.tried(other, "tg:500", number=2)
    assert [each.code for each in box.stuck() if each.message == other] == ["tg:500"]


# --- retry ------------------------------------------------------------------------------------------------------------


def test_what_failed_is_due_again_from_the_first_contact(box):
    message = box.put(state="failed", not_before=None, settled_at=NOW, contact=2, transients=4, unknowns=2, channel="")
    assert box.do(operate.failed) == [message]
    assert box.do(operate.retry, message, by_telegram, NOW) == "telegram"
    (row,) = box.parts(message)
    assert (row.state, row.not_before, row.settled_at, row.channel) == ("retry", NOW, None, "telegram")
    assert (row.contact, row.transients, row.unknowns) == (0, 0, 0)
    assert box.do(operate.failed) == []


def test_what_waits_is_tried_now_and_keeps_its_count(box):
    later = NOW + timedelta(hours=1)
    message = box.put(state="unknown", not_before=later, unknowns=2, repeat=True, contact=1)
    box.do(operate.retry, message, by_telegram, NOW)
    (row,) = box.parts(message)
    assert (row.state, row.not_before, row.unknowns, row.repeat, row.contact) == ("unknown", NOW, 2, True, 1)


@pytest.mark.parametrize("state", ["accepted", "superseded", "discarded", "sending", "pending"])
def test_nothing_else_is_sent_again(box, state):
    message = box.put(state=state)
    with pytest.raises(AlertdError, match=f"nothing to send again, it is {state}"):
        box.do(operate.retry, message, by_telegram, NOW)


def test_a_person_whom_nothing_reaches_is_not_tried(box):
    message = box.put(state="failed", not_before=None)
    with pytest.raises(AlertdError, match="an has no contact that works"):
        box.do(operate.retry, message, nobody, NOW)
    assert box.parts(message)[0].state == "failed"


@pytest.mark.parametrize(
    "action",
    [
        lambda c, m: operate.retry(c, m, by_telegram, NOW),
        lambda c, m: operate.release(c, m, NOW),
        lambda c, m: operate.discard(c, m, "reason", NOW),
    ],
)
def test_a_message_that_is_not_there(box, action):
    with pytest.raises(InputError, match="no message is called 'mX'"):
        box.do(action, "mX")


# --- release and discard ----------------------------------------------------------------------------------------------


def test_one_held_message_leaves_and_the_storm_stays(box):
    storm = box.storm()
    one, two = box.put(parts=2, storm=storm), box.put("binh", storm=storm)
    box.do(operate.release, one, NOW)
    assert [(row.state, row.not_before) for row in box.parts(one)] == [("pending", NOW), ("pending", None)]
    assert [row.state for row in box.parts(two)] == ["held"]
    assert [(held.id, held.messages) for held in box.do(storms.held)] == [(storm, 1)]
    box.do(operate.release, two, NOW)
    assert box.do(storms.held) == []
    assert box.do(storms.of_slot, NOW).state == "released"


def test_a_message_that_is_not_held_is_not_released(box):
    message = box.put()
    with pytest.raises(AlertdError, match="it is not held, it is pending"):
        box.do(operate.release, message, NOW)


def test_a_discarded_message_keeps_its_reason_and_its_alerts_say_so(box):
    storm = box.storm()
    message = box.put(parts=2, storm=storm)
    box.do(operate.discard, message, "nhập nhầm", NOW)
    rows = box.parts(message)
    assert {(row.state, row.detail, row.not_before, row.settled_at) for row in rows} == {
        ("discarded", "nhập nhầm", None, NOW)
    }
    assert box.alert(message) == "discarded"
    ended = box.do(storms.of_slot, NOW)
    assert (ended.state, ended.reason) == ("discarded", "nhập nhầm")
    assert box.stuck() == []


def test_what_may_have_been_read_is_not_called_untold(box):
    unknown = box.put(state="unknown", unknowns=1)
    box.do(operate.discard, unknown, "đã gọi điện", NOW)
    assert (box.parts(unknown)[0].state, box.alert(unknown)) == ("discarded", "sent")
    half = box.put(parts=2, state="accepted", not_before=None, settled_at=NOW)
    box.do(operate.discard, half, "đã gọi điện", NOW)
    assert [row.state for row in box.parts(half)] == ["accepted", "discarded"]
    assert box.alert(half) == "sent"


@pytest.mark.parametrize("state", ["accepted", "superseded", "discarded"])
def test_what_has_left_is_not_discarded(box, state):
    message = box.put(state=state)
    with pytest.raises(AlertdError, match=f"nothing is left to discard, it is {state}"):
        box.do(operate.discard, message, "reason", NOW)


def test_what_is_being_sent_is_not_discarded(box):
    message = box.put(state="sending", claimed_by="here", claim_deadline=NOW)
    with pytest.raises(AlertdError, match="being sent at this moment"):
        box.do(operate.discard, message, "reason", NOW)
    assert box.parts(message)[0].state == "sending"
