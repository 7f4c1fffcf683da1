"""Looking at pages as people do: Debian's Chromium on a phone and on a desk, light and dark.

Without a browser these tests are skipped and say so; where `CI` is set they fail instead. `ALERTD_SCREENSHOTS` names a
folder that keeps what the browser showed.
"""

from __future__ import annotations

import os
import shutil
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import async_playwright

CHROMIUM = shutil.which("chromium")
needs_browser = pytest.mark.skipif(
    CHROMIUM is None and not os.environ.get("CI"), reason="no chromium here: apt-get install chromium"
)
PHONE, DESK = (360, 740), (1280, 800)
SCREENS = [(PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")]
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


@asynccontextmanager
async def browser(size=PHONE, scheme="light"):
    """An empty page, with everything that the browser complains about and the hosts that it asks."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        width, height = size
        context = await started.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=True, locale="vi-VN",
            has_touch=size == PHONE, is_mobile=size == PHONE,
        )  # fmt: skip
        page = await context.new_page()
        page.set_default_timeout(20_000)
        page.complaints, page.hosts = [], set()
        page.on("console", lambda said: page.complaints.append(said.text))
        page.on("request", lambda asked: page.hosts.add(asked.url.split("/")[2]))
        yield page
        await started.close()


@asynccontextmanager
async def opened(url, size=PHONE, scheme="light"):
    """A page of the served site; it asks no other host, and the browser has nothing to complain about."""
    async with browser(size, scheme) as page:
        await page.goto(url)
        yield page
        assert page.hosts == {url.split("/")[2]}
        assert page.complaints == []


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
    assert small == [], small
    unlabelled = await page.evaluate(UNLABELLED)
    assert unlabelled == [], unlabelled


async def assert_accessible(page):
    """What axe-core finds against WCAG 2.2 AA and its best practices: nothing."""
    found = await Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
    violations = [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found.response["violations"]]
    assert violations == [], violations
