"""People from a spreadsheet, with the cell of each fault."""

from __future__ import annotations

import pytest

from alertd.config.people_csv import PeopleCsv

HEAD = "id,name,portal_ids,unit,post,from,until,channel,phone,address\n"


def test_rows_of_one_person_join():
    table = PeopleCsv(
        "p.csv", HEAD + 'a,"Lê, A",x y,TP,head,2024-01-01,,webhook,84,\na,"Lê, A",z,NV,duty,,31/12/2024,webhook,84,\n'
    )
    assert table.findings == []
    assert table.people == [
        {
            "id": "a",
            "name": "Lê, A",
            "portal_ids": ["x", "y", "z"],
            "posts": [
                {"unit": "TP", "post": "head", "from": "2024-01-01"},
                {"unit": "NV", "post": "duty", "until": "2024-12-31"},
            ],
            "contacts": [{"channel": "webhook", "phone": "84"}],
        }
    ]
    assert table.locate(0, ("posts", 1, "unit")) == ("p.csv", 3, 13)
    assert table.locate(0, ("name",)) == ("p.csv", 2, 3)
    assert table.locate(0, ("contacts", 0)) == ("p.csv", 2, 35)
    assert table.locate(0, ()) == ("p.csv", 2, 1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("key.unknown", 1, 1), ("key.missing", 1, 1), ("key.missing", 1, 1)]),
        ("id,name,phnoe\n", [("key.unknown", 1, 9)]),
        ("id,name,id\n", [("yaml.duplicate", 1, 9)]),
        ("id;name\na;A;B\n", [("csv.cells", 2, 5)]),
        ('id,name\na,"A\n', [("csv.syntax", 1, 1)]),
        ("id,name\na,A\n\na,B\n", [("csv.name", 4, 3)]),
    ],
)
def test_faults(text, found):
    assert [(f.code, f.line, f.column) for f in PeopleCsv("p.csv", text).findings] == found


def test_short_rows_are_padded():
    table = PeopleCsv("p.csv", HEAD + "a,A\n")
    assert table.findings == []
    assert table.people[0]["posts"] == []
