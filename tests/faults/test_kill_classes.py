"""kill -9 after Telegram has taken a message and before that is on record, for every class of message (reference 7.4):
each comes once more under the same id, marked, and never again.
"""

from __future__ import annotations

import json
from collections import defaultdict

import pytest
from sqlalchemy import select

from alertd.store.tables import attempts, outbox
from tests.faults.harness import MARK, District, reading, until

pytestmark = pytest.mark.process
SECRETS = {"BOT_TOKEN": "123456:TEST-token_of-nobody"}
#: One dossier that is past due tells its officer, the head and the chairman, each with another urgency.
LADDER = """\
policies:
  - name: standard
    match: {}
    steps:
      - {name: overdue, at: 0d, to: officer, urgency: normal}
      - {name: head, at: 0d, to: head, urgency: high}
      - {name: chairman, at: 0d, to: head@root, urgency: critical}
"""
CHATS = {"office": "1", "chair": "2", "head-0": "3", "officer-0": "4", "tried": "5"}
#: The second officer has blocked the bot: the admin's message about that is a notice.
BLOCKED = {"officer-1": "6"}
CLASSES = {
    "officer-0": ("digest", "normal"), "head-0": ("digest", "high"), "chair": ("digest", "critical"),
    "office": ("notice", "high"), "tried": ("drill", "normal"),
}  # fmt: skip


@pytest.fixture
def telegram(running, tmp_path):
    """A Bot API server that takes messages and keeps its answers back while `hold` exists."""
    log, hold = tmp_path / "taken.jsonl", tmp_path / "hold"
    hold.touch()
    log.touch()
    process = running.start(
        "tests.peers.telegram_process", "--log", log, "--hold", hold, "--block", "6", "--lifetime", 240
    )
    until(lambda: "\n" in process.stdout, 20, lambda: process.stderr)
    process.url, process.log, process.hold = process.stdout.strip(), log, hold
    return process


def taken(telegram):
    """The texts by person, as the phones show them."""
    people = {chat: person for person, chat in CHATS.items()}
    found = defaultdict(list)
    for line in telegram.log.read_text("utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            message = json.loads(line)
            assert message["violations"] == []
            found[people[message["chat"]]].append(message["text"])
    return found


def write(district):
    """Give the people of a district their chats and the ladder of urgencies."""
    (district.folder / "escalation.yaml").write_text(LADDER, "utf-8")
    path = district.folder / "organisation.yaml"
    lines = []
    for line in path.read_text("utf-8").splitlines():
        person = line.partition("{id: ")[2].partition(",")[0]
        chat = (CHATS | BLOCKED).get(person)
        lines.append(line.replace("{channel: telegram}", f"{{channel: telegram, chat_id: '{chat}'}}"))
    tried = f"  - {{id: tried, name: Chuyên viên thử, contacts: [{{channel: telegram, chat_id: '{CHATS['tried']}'}}]}}"
    path.write_text("\n".join([*lines, tried, ""]), "utf-8")


def test_a_kill_after_the_provider_took_it_repeats_each_class_of_message_once_and_marked(
    tmp_path, url, running, telegram
):
    bot = f'telegram: {{token: "${{BOT_TOKEN}}", base_url: "{telegram.url}", answers: false}}'
    district = District(
        tmp_path / "config", url, "", units=1, officers=2, channels=bot, resend_after="2s", claim_timeout="60s"
    )
    write(district)
    district.past_due(2)  # one of each officer
    daemon = running.daemon(district.folder, env=SECRETS)
    drill = running.alertd("drill", "--person", "tried", "--wait", "60s", "--config", district.folder, env=SECRETS)
    until(lambda: CHATS.keys() <= taken(telegram).keys(), 40, lambda: (dict(taken(telegram)), daemon.stderr))
    first = taken(telegram)
    daemon.kill()
    district.forget_the_dead()
    assert {len(texts) for texts in first.values()} == {1}, "the provider has them, and nobody knows"

    telegram.hold.unlink()
    second = running.daemon(district.folder, env=SECRETS)
    until(lambda: set(district.outbox) <= {"accepted", "failed"}, 40, lambda: (district.outbox, second.stderr))
    assert drill.ended(60) == 0, drill.stderr
    # an answer that was held back is no reason for a third
    district.past_due(2)
    until(lambda: len(taken(telegram)["officer-0"]) > 2, 40, "nothing new is sent")
    for person, (kind, urgency) in CLASSES.items():
        text, again = taken(telegram)[person][:2]
        assert text == first[person][0]
        assert not text.startswith(MARK)
        assert again.startswith(MARK), person
        assert again.split("\n")[1:] == text.split("\n")[1:], "the same words"
        assert [each for each in taken(telegram)[person][2:] if each.startswith(MARK)] == []
        assert recorded(district, person) == [(kind, urgency, "accepted", ["unknown", "accepted"])]
    assert second.terminate() == 0
    for process in (daemon, second, drill):
        assert SECRETS["BOT_TOKEN"] not in process.stdout + process.stderr


def recorded(district, person):
    """The first message to a person: its class, its state, what came of each attempt."""
    query = select(outbox).where(outbox.c.person == person).order_by(outbox.c.created_at).limit(1)
    with reading(district.url) as connection:
        return [
            (row.kind, row.urgency, row.state, list(connection.scalars(
                select(attempts.c.outcome).where(attempts.c.outbox_id == row.id).order_by(attempts.c.number)
            )))
            for row in connection.execute(query)
        ]  # fmt: skip
