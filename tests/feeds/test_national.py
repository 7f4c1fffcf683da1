from __future__ import annotations

import socket

import pytest

from alertd.core.errors import FeedError
from alertd.core.national import Total
from alertd.feeds.national import NationalEvaluation
from tests.peers.loopback import Answer, json_answer
from tests.peers.national_server import NationalServer, unit


async def test_all_units_of_a_year_are_read_with_pauses_between_the_calls():
    units = [unit(f"H27.{number}", f"Xã mẫu {number}", number) for number in range(450)]
    async with NationalServer(units, unit("H27", "Tỉnh mẫu", 99)) as server:
        totals = await NationalEvaluation(server.url, "id-H27").totals(2026)
    assert totals == [Total("H27", "Tỉnh mẫu", 99)] + [Total(f"H27.{n}", f"Xã mẫu {n}", n) for n in range(450)]
    assert server.violations == []
    assert [(call["year"], call["rootDepartmentId"], call["currentPage"]) for call in server.calls] == [
        (2026, "id-H27", page) for page in (1, 2, 3)
    ]


async def test_a_portal_that_gives_the_same_page_for_ever_is_asked_twice():
    async with NationalServer([unit(f"H{number}", "", 1) for number in range(200)]) as server:
        server.instead = json_answer({"code": "OK", "data": {"parent": None, "children": server.units}})
        assert len(await NationalEvaluation(server.url, "id").totals(2026)) == 200
    assert len(server.calls) == 2


async def test_rows_without_a_count_are_passed_over():
    odd = [{"departmentCode": "A"}, "x", None, {**unit("B", "b", 1), "totalReceived": "7"}, {"totalReceived": 3}]
    async with NationalServer(odd, {"totalReceived": None}) as server:
        assert await NationalEvaluation(server.url, "id").totals(2026) == [Total("B", "b", 7), Total("", "", 3)]


@pytest.mark.parametrize(
    "answer",
    [
        json_answer({"code": "ERROR", "data": None}),
        json_answer({"code": "OK", "data": {"children": None}}),
        json_answer([]),
        Answer(200, b"<html>", {"Content-Type": "text/html"}),
        Answer(403),
        Answer(500),
    ],
)
async def test_another_answer_is_an_error_in_one_line(answer):
    async with NationalServer([]) as server:
        server.instead = answer
        with pytest.raises(FeedError) as raised:
            await NationalEvaluation(server.url, "id").totals(2026)
    assert "\n" not in str(raised.value)


async def test_a_portal_that_is_not_there_is_an_error():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(FeedError, match="cannot be reached"):
            await NationalEvaluation(f"http://127.0.0.1:{free.getsockname()[1]}", "id", pause=0.0).totals(2026)
