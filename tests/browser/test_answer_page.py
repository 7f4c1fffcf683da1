"""The signed page in a real browser, on a phone and on a desk, light and dark, without script.

It needs Debian's `chromium`; on a machine without it these tests are skipped and say so. `ALERTD_SCREENSHOTS` names a
folder that keeps what the browser showed.
"""

from __future__ import annotations

import os
import shutil
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.web.ground import Site, serving

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium")
PHONE, DESK = (360, 740), (1280, 800)
SCREENS = [(PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")]
EXPLANATION = "Chờ xác minh tại xã; đã đề nghị gia hạn, trả trước 12/06."
#: The contrast of a text with what is behind it (WCAG 2.2, 1.4.3), for every text on the page.
CONTRAST = """() => {
  const channel = v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
  const parse = c => c.match(/[\\d.]+/g).map(Number)
  const light = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255)
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor)
      if (c.length === 3 || c[3] > 0) return c
    }
    return [255, 255, 255]
  }
  const found = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    if (!n.textContent.trim() || !n.parentElement.checkVisibility()) continue
    const [a, b] = [light(parse(getComputedStyle(n.parentElement).color)), light(behind(n.parentElement))].sort()
    found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), n.textContent.trim().slice(0, 40)])
  }
  return found
}"""
TARGETS = """() => [...document.querySelectorAll('button, summary, select, textarea, a')]
  .filter(e => e.checkVisibility()).map(e => [e.getBoundingClientRect().height, e.textContent.trim().slice(0, 40)])"""
UNLABELLED = """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
  .filter(e => !e.labels.length).map(e => e.name)"""


@pytest.fixture
def site(database):
    return Site(database).seed()


@asynccontextmanager
async def browsing(site, size=PHONE, scheme="light", page_at=None):
    """The page of officer an, open, with everything that the browser complained about."""
    async with serving(site.app()) as url, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        width, height = size
        context = await browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=True, locale="vi-VN",
            has_touch=size == PHONE, is_mobile=size == PHONE,
        )  # fmt: skip
        page = await context.new_page()
        page.set_default_timeout(20_000)
        page.complaints, page.hosts = [], set()
        page.on("console", lambda said: page.complaints.append(said.text))
        page.on("request", lambda asked: page.hosts.add(asked.url.split("/")[2]))
        await page.goto(f"{url}{page_at or f'/m/{site.token()}'}")
        yield page
        assert page.hosts == {url.removeprefix("http://")}
        assert page.complaints == []
        await browser.close()


async def shot(page, name):
    folder = os.environ.get("ALERTD_SCREENSHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def assert_readable(page):
    width = await page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert width[0] <= width[1], f"scrolls sideways: {width}"
    poor = [(round(ratio, 2), text) for ratio, text in await page.evaluate(CONTRAST) if ratio < 4.5]
    assert poor == []
    small = [(height, text) for height, text in await page.evaluate(TARGETS) if height < 48]
    assert small == []
    assert await page.evaluate(UNLABELLED) == []


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
async def test_the_page_reads_well_on_every_screen(site, size, scheme):
    name = f"{size[0]}-{scheme}"
    async with browsing(site, size, scheme) as page:
        await assert_readable(page)
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
        for _ in range(7):
            await page.keyboard.press("Tab")
            reached.append(await page.evaluate("document.activeElement.tagName"))
            outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid", reached
        assert reached == ["BUTTON", *["SUMMARY"] * 6]
        await shot(page, "focus-1280-light")
