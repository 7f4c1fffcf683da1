"""No token, phone number or secret in a log, a detail or a repr, on any path that fails."""

from __future__ import annotations

import json

import pytest

from alertd import log
from alertd.core.errors import StoreError
from alertd.store.credentials import Credentials
from tests.channels.samples import outgoing
from tests.channels.zalo.conftest import KEY
from tests.peers.loopback import Answer
from tests.peers.zalo_server import BAD_GATEWAY, EMPTY, GATEWAY, NOT_JSON

PHONE = "84912345678"
USER = "3917283910482"
FORMS = [f"cs:{USER}", f"uid:{USER}", f"phone:{PHONE}"]
#: Tokens of the judge begin with TEST, and so does its secret.
FORBIDDEN = ("TEST-", PHONE, PHONE[2:], "912 345 678")


def echo(code):
    said = f"token TEST-access-1-of-nobody of +{PHONE} (0{PHONE[2:]}, 84 912 345 678) is refused"
    return Answer(200, json.dumps({"error": code, "message": said}).encode())


FAULTS = {
    "hang": "hang",
    "drip": "drip",
    "drop": "drop",
    "reset": "reset",
    "half": "half",
    "html": BAD_GATEWAY,
    "not json": NOT_JSON,
    "redirect": Answer(302, headers={"Location": f"https://example/{PHONE}"}),
    "known": echo(-108),
    "unknown": echo(-9999),
    "quota": echo(-144),
    "night": echo(-133),
    "token": echo(-216),
    "template token": echo(-124),
}


@pytest.fixture
def everything(talkative, capsys):
    """What was logged and printed, checked."""
    log_lines = []

    def check(*also):
        printed = capsys.readouterr()
        said = "\n".join([talkative.text, printed.out, printed.err, *map(repr, also), *log_lines])
        for word in FORBIDDEN:
            assert word not in said
        return said

    return check


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("fault", FAULTS)
async def test_no_failed_send_gives_anything_away(server, make_channel, everything, form, fault):
    given = FAULTS[fault]
    if isinstance(given, str):
        server.take_then(given)
    else:
        server.fail(given, given)
    channel = make_channel(timeout=0.2)
    result = await channel.send(outgoing(address=form))

    assert result.code
    everything(result, result.detail, channel.tokens.trouble, await channel.tokens.current())


EXCHANGES = {
    "html": GATEWAY,
    "empty": EMPTY,
    "dead": Answer(200, b'{"error":"-14014","error_name":"Invalid TEST-refresh-1-of-nobody"}'),
    "secret": Answer(200, b'{"error":-14004,"error_name":"Invalid secret TEST-secret-of-nobody"}'),
    "hang": "hang",
    "drop": "drop",
    "half": "half",
}


@pytest.mark.parametrize("fault", EXCHANGES)
async def test_no_failed_exchange_gives_anything_away(server, make_channel, make_tokens, everything, fault, clock):
    tokens = make_tokens(timeout=0.4)
    given = EXCHANGES[fault]
    server.exchange_then(given) if isinstance(given, str) else server.fail_exchange(given)
    server.expire()
    result = await make_channel(tokens=tokens).send(outgoing(address=f"phone:{PHONE}"))

    said = everything(result, tokens, tokens.trouble, await tokens.current())
    assert "tokens not exchanged" in said, "the failure itself is in the log"


async def test_neither_does_an_exchange_that_works_nor_one_that_cannot_be_stored(
    server, make_tokens, stored, tmp_path, everything, clock
):
    class Refusing(Credentials):
        def save(self, grant):
            raise StoreError("the database refused the work")

    log.configure("DEBUG")
    await make_tokens().tick(clock())
    refusing = Refusing(stored, KEY, "zalo", "42", tmp_path / "zalo.journal")
    clock.move(hours=13)
    tokens = make_tokens(vault=refusing)
    await tokens.tick(clock())

    said = everything(await tokens.current(), tokens.trouble)
    assert "could not be stored" in said
