"""The signed page in a real browser, on a phone and on a desk, light and dark."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from tests.browser.looking import DESK, PHONE, SCREENS, assert_accessible, assert_readable, needs_browser, opened, shot
from tests.web.ground import Site, serving

pytestmark = needs_browser
EXPLANATION = "Chờ xác minh tại xã; đã đề nghị gia hạn, trả trước 12/06."


@pytest.fixture
def site(database):
    return Site(database).seed()


@asynccontextmanager
async def browsing(site, size=PHONE, scheme="light", page_at=None):
    """The page of officer an."""
    async with serving(site.app()) as url, opened(f"{url}{page_at or f'/m/{site.token()}'}", size, scheme) as page:
        yield page


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
async def test_the_page_reads_well_on_every_screen(site, size, scheme):
    name = f"{size[0]}-{scheme}"
    async with browsing(site, size, scheme) as page:
        await assert_readable(page)
        await assert_accessible(page)
        await shot(page, f"page-{name}")
        for summary in await page.locator("summary").all():
            await summary.click()
        await assert_readable(page)
        await shot(page, f"open-{name}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_page_of_a_wrong_link_reads_well(site, scheme):
    async with browsing(site, PHONE, scheme, "/m/x") as page:
        page.complaints.clear()  # the browser notes a 404 as such
        await assert_readable(page)
        await shot(page, f"closed-{scheme}")


async def test_acknowledging_explaining_and_handing_over_by_touch(site):
    async with browsing(site) as page:
        await page.get_by_role("button", name="Đã nhận cả 3 hồ sơ").tap()
        await page.get_by_role("status").filter(has_text="Đã ghi nhận").wait_for()
        card = page.get_by_role("region", name="HS-0001")
        await card.locator("summary", has_text="Giải trình").tap()
        await card.get_by_label("Nội dung giải trình").fill(EXPLANATION)
        await card.get_by_role("button", name="Gửi giải trình").tap()
        await page.get_by_role("status").filter(has_text="Đã lưu giải trình").wait_for()
        await card.locator("summary", has_text="Chuyển").tap()
        await card.get_by_label("Chuyển hồ sơ").select_option("binh")
        await card.get_by_role("button", name="Chuyển hồ sơ").tap()
        await page.get_by_role("status").filter(has_text="Đã chuyển hồ sơ").wait_for()
        await assert_readable(page)
        await shot(page, "answered-360-light")
    assert len(site.rows("acknowledgements", "id")) == 3
    assert site.rows("explanations", "text") == [(EXPLANATION,)]
    assert site.rows("handovers", "taker") == [("binh",)]


async def test_the_browser_itself_refuses_an_explanation_that_is_too_short(site):
    async with browsing(site) as page:
        card = page.get_by_role("region", name="HS-0001")
        await card.locator("summary", has_text="Giải trình").tap()
        await card.get_by_label("Nội dung giải trình").type("ngắn")
        await card.get_by_role("button", name="Gửi giải trình").tap()
        assert await card.locator("textarea:invalid").count() == 1
    assert site.rows("explanations", "id") == []


async def test_every_control_is_reached_by_keyboard_and_shows_where_one_is(site):
    async with browsing(site, DESK) as page:
        reached = []
        for _ in range(10):
            await page.keyboard.press("Tab")
            reached.append(await page.evaluate("document.activeElement.tagName"))
            outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid", reached
        assert reached == ["BUTTON", *["A", "SUMMARY", "SUMMARY"] * 3]
        await shot(page, "focus-1280-light")
