"""Frozen weeks in a real browser: the leadership's units page and one week, on a phone and at a desk."""

from __future__ import annotations

import pytest

from alertd.web.board.access import COOKIE
from tests.browser.looking import SCREENS, assert_accessible, assert_readable, browser, needs_browser, shot
from tests.web.ground import serving
from tests.web.test_board_weeks import WEEK, cookie_for, site  # noqa: F401 - the same two weeks

pytestmark = needs_browser


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
async def test_rates_charts_and_lists_read_well_on_every_screen(site, size, scheme):  # noqa: F811
    name = f"{size[0]}-{scheme}"
    async with serving(site.app()) as url, browser(size, scheme) as page:
        cookie = {
            "name": COOKIE,
            "value": cookie_for(site, "chair"),
            "domain": "127.0.0.1",
            "path": "/",
            "secure": True,
        }
        await page.context.add_cookies([cookie])
        await page.goto(f"{url}/b/units")
        await page.get_by_role("heading", name="Các tỷ lệ so với chỉ tiêu").wait_for()
        await assert_readable(page)
        await assert_accessible(page)
        await shot(page, f"board-rates-{name}")
        await page.get_by_role("link", name="Phòng Tư pháp", exact=True).click()
        await page.goto(f"{url}/b/weeks/{WEEK}")
        await page.locator("summary", has_text="Số liệu của biểu đồ").first.click()
        await page.get_by_role("table").nth(1).wait_for()
        chart = page.get_by_role("img").first
        await chart.scroll_into_view_if_needed()
        await page.wait_for_function("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
        await assert_readable(page)
        await assert_accessible(page)
        await shot(page, f"board-week-{name}")
        assert page.complaints == []
        assert page.hosts == {url.removeprefix("http://")}
