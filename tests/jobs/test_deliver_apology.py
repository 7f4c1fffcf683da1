"""Two working days before the due date a message says where the filled-in slip of apology is."""

from __future__ import annotations

import pytest

from alertd.core.freshness import MaxAge
from alertd.core.organisation import Contact
from alertd.core.signing import Signer
from alertd.replies.links import links
from tests.store.ground import RecordingChannel, World, at, dossier, organisation, person, rules

WHEN = at("06/06 16:00")


async def told(database, public, address="4711", codes=("HS-1",)):
    channel = RecordingChannel(name="telegram")
    an = person("an", "staff@TP", ids=("tp.an",), contacts=(Contact("telegram", address),))
    world = World(database, rules(org=organisation(an)), channels={"telegram": channel}, max_age=MaxAge(working_days=9))
    world.deliver.each["telegram"].links = links(Signer(b"k" * 32), public)
    world.run("03/06 08:00", *(dossier(code) for code in codes))
    world.run(WHEN, *(dossier(code) for code in codes))
    await world.send(WHEN)
    (part,) = (each for each in channel.parts if each.person == "an" and each.dossiers[0]["step"] == "apology")
    return part


async def test_with_a_public_address_the_message_leads_to_the_page_that_has_it(database):
    part = await told(database, "https://hoso.example")
    assert part.text.splitlines()[-1] == f"Phiếu xin lỗi điền sẵn, xác nhận, giải trình: {part.page}"


@pytest.mark.parametrize(
    ("codes", "named"),
    [(("HS-1",), "alertd letter apology HS-1"), (("HS-1", "HS-2"), "alertd letter apology MÃ_HỒ_SƠ")],
)
async def test_without_one_it_names_the_command(database, codes, named):
    part = await told(database, None, codes=codes)
    assert part.text.splitlines()[-1] == f"Phiếu xin lỗi điền sẵn: {named}"


async def test_a_group_gets_no_page_that_would_be_everybody_s(database):
    part = await told(database, "https://hoso.example", address="-100")
    assert "/m/" not in part.text
    assert part.text.splitlines()[-1] == "Phiếu xin lỗi điền sẵn: alertd letter apology HS-1"
