"""Pages of what is open: each dossier once, and none looked at for it that the page does not show."""

from __future__ import annotations

from itertools import chain, count

import pytest
from sqlalchemy import select

from alertd.core.dossier import Phase
from alertd.store.paging import Place, open_rows
from alertd.store.tables import dossiers
from tests.store.ground import World, dossier, finished, rules, step
from tests.store.plans import plans

WANTED = select(dossiers.c.id, dossiers.c.code, dossiers.c.first_seen_at)


@pytest.fixture
def world(database):
    """Three waves, each first seen at one instant; of the first one has ended since."""
    made = World(database, rules(step("due", "0d")), scope="part")
    waves = [[f"HS-{wave}-{n}" for n in range(5)] for wave in range(3)]
    for wave, codes in enumerate(waves):
        made.poll(f"03/06 0{wave + 7}:00", *(dossier(code) for code in codes))
    made.poll("03/06 11:00", finished(dossier("HS-0-2"), "03/06 10:00", Phase.DONE))
    return made


def pages(database, size):
    last = None
    with database.read() as connection:
        for _ in count():
            rows = open_rows(connection, WANTED, last, size)
            yield [row.code for row in rows]
            if not rows:
                return
            last = Place.of(rows[-1])


@pytest.mark.parametrize("size", [1, 2, 4, 5, 14, 100])
def test_every_open_dossier_stands_on_one_page_in_the_order_in_which_they_were_first_seen(world, size):
    found = list(pages(world.database, size))
    assert [*chain(*found)] == [f"HS-{wave}-{n}" for wave in range(3) for n in range(5) if (wave, n) != (0, 2)]
    assert {len(page) for page in found[:-2]} <= {size}


def test_what_was_first_seen_at_one_instant_is_not_gone_through_for_each_page(world):
    if not world.database.is_sqlite:
        pytest.skip("PostgreSQL looks for the whole pair by itself")
    with plans(world.database) as said:
        list(pages(world.database, 2))
    assert all("USING INDEX dossiers_first_seen" in each for each in said)
    assert {each.partition("first_seen ")[2] for each in said} == {
        "", "(first_seen_at=? AND id>?)", "(first_seen_at>?)",
    }  # fmt: skip
