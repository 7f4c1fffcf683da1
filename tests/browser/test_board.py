"""The board in a real browser: from the message on a phone to "I know what to do", and an admin at a desk."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from alertd.channels.zalo_bot import ZaloBotChannel
from alertd.core.organisation import Contact
from alertd.core.storm import StormBrake
from alertd.replies.links import links
from alertd.store import accounts
from tests.browser.looking import DESK, PHONE, SCREENS, assert_accessible, assert_readable, browser, needs_browser, shot
from tests.peers.zalo_bot_server import ZaloBotServer
from tests.store.ground import PEOPLE, World, at, dossier, organisation, rules
from tests.web.ground import SIGNER, Site, serving

pytestmark = needs_browser
PASSWORD = "một câu dài để thử"
NOW = at("10/06 17:00")
SHOWN = (
    dossier("H27.35-240527-0001", due="10/06 08:00", procedure="Cải chính hộ tịch"),
    dossier("H27.35-240527-0002", due="10/06 16:00"),
    dossier("H27.35-240527-0003", due="11/06 16:00", procedure="Đăng ký khai sinh"),
    dossier("H27.35-240527-0004", due=None, officers=("tp.binh",)),
)


@asynccontextmanager
async def told(database):
    """The district at work: what is due was told by a bot. Gives the site, its address and the bot's platform."""
    async with at_work(database) as (world, platform):
        site = Site(database, now=NOW, rules=world.rules, channels=("zalo_bot",))
        async with serving(site.app()) as url:
            world.deliver.each["zalo_bot"].links = links(SIGNER, url)
            await world.send(NOW)
            yield site, url, platform


@asynccontextmanager
async def at_work(database, brake=None):
    """The jobs over a bot whose platform judges its caller; the due steps have fired, nothing has left yet."""
    people = (replace(each, contacts=(Contact("zalo_bot", address=f"chat-{each.id}"),)) for each in PEOPLE)
    async with ZaloBotServer() as platform:
        channel = ZaloBotChannel(platform.token, base_url=platform.url)
        world = World(database, channels={"zalo_bot": channel}, rules=rules(org=organisation(*people)), brake=brake)
        world.run(NOW, *SHOWN)
        yield world, platform
        await channel.close()
        assert platform.violations == []


def link_to(platform, person):
    """The link in the message that somebody now sees on the phone."""
    (text,) = {taken.text for taken in platform.taken if taken.chat_id == f"chat-{person}"}
    return re.search(r"https?://\S+/m/\S+", text)[0]


async def test_a_head_goes_from_the_message_to_what_is_to_be_done_in_two_taps(database):
    async with told(database) as (site, _, platform), browser(PHONE) as page:
        await page.goto(link_to(platform, "head"))
        await page.get_by_role("button", name="Xem bảng hồ sơ").tap()
        await page.get_by_role("heading", name="Hồ sơ đơn vị").wait_for()
        await assert_readable(page)
        await assert_accessible(page)
        await shot(page, "board-list-phone")
        await page.get_by_role("link", name="H27.35-240527-0001").tap()
        await page.get_by_text("Chậm 7 giờ 30 phút làm việc").wait_for()
        await page.get_by_role("button", name="Đã nhận").tap()
        await page.get_by_role("status").filter(has_text="Đã ghi nhận").wait_for()
        await page.locator("summary", has_text="Giải trình").tap()
        await page.get_by_label("Nội dung giải trình").fill("Chờ xác minh tại xã; trả trước 12/06.")
        await page.get_by_role("button", name="Gửi giải trình").tap()
        await page.get_by_role("status").filter(has_text="Đã lưu giải trình").wait_for()
        await assert_readable(page)
        await assert_accessible(page)
        await shot(page, "board-dossier-phone")
        assert page.complaints == []
    assert site.rows("acknowledgements", "person", "via") == [("head", "board")]
    assert [row[0] for row in site.rows("explanations", "person")] == ["head"]


@pytest.mark.parametrize(("size", "scheme"), SCREENS)
async def test_every_page_reads_well_on_every_screen(database, size, scheme):
    name = f"{size[0]}-{scheme}"
    async with told(database) as (site, url, platform), browser(size, scheme) as page:
        await page.goto(link_to(platform, "head"))
        await page.get_by_role("button", name="Xem bảng hồ sơ").click()
        for path in ("/b/", "/b/?class=open", "/b/units", "/b/find?code=khong-co", f"/b/d/{site.id_of(SHOWN[0].code)}"):
            await page.goto(url + path)
            await assert_readable(page)
            await assert_accessible(page)
            await shot(page, f"board{re.sub('[^a-z]+', '-', path.split('?')[0])}-{name}")
        assert page.complaints == []
        await page.goto(f"{url}/b/?lang=en")
        await page.get_by_role("link", name="Tiếng Việt").wait_for()
        assert page.hosts == {url.removeprefix("http://")}


async def test_a_long_list_grows_where_one_reads(database):
    async with told(database) as (site, _, platform), browser(PHONE) as page:
        many = [dossier(f"H27.35-240528-{n:04}", due="10/06 09:00") for n in range(120)]
        site.poll(NOW + timedelta(minutes=1), *SHOWN, *many)
        await page.goto(link_to(platform, "head"))
        await page.get_by_role("button", name="Xem bảng hồ sơ").tap()
        await page.locator("#rows > li").nth(49).wait_for()
        assert await page.locator("#rows > li").count() == 50
        await page.get_by_role("link", name="Xem thêm").tap()
        await page.locator("#rows > li").nth(99).wait_for()
        await page.get_by_role("link", name="Xem thêm").tap()
        await page.locator("#rows > li").nth(121).wait_for()
        assert await page.get_by_role("link", name="Xem thêm").count() == 0
        codes = await page.locator("#rows .code").all_text_contents()
        assert len(set(codes)) == 122
        assert page.complaints == []


async def test_an_admin_signs_in_and_releases_what_a_storm_holds(database):
    async with at_work(database, StormBrake(factor=1, at_least=1)) as (world, platform):
        await world.send(NOW)
        assert {taken.chat_id for taken in platform.taken} <= {"chat-admin"}
        site = Site(database, now=NOW, rules=world.rules, channels=("zalo_bot",))
        with database.write() as connection:
            accounts.save(connection, "quan-tri", PASSWORD, NOW)
        async with serving(site.app()) as url, browser(DESK) as page:
            await page.goto(f"{url}/b/admin")
            await page.get_by_label("Tên tài khoản").fill("quan-tri")
            await page.get_by_label("Mật khẩu").fill(PASSWORD)
            await page.get_by_role("button", name="Đăng nhập").click()
            await page.get_by_role("link", name="Vận hành").click()
            await page.get_by_role("heading", name="Hàng đợi gửi tin").wait_for()
            await assert_readable(page)
            await assert_accessible(page)
            await shot(page, "board-operation-desk")
            await page.get_by_role("button", name="Cho cả đợt đi").click()
            await page.get_by_role("status").filter(has_text="Đã thực hiện").wait_for()
        await world.send(NOW)
        assert {taken.chat_id for taken in platform.taken} >= {"chat-an", "chat-head"}


async def test_the_sign_in_page_reads_well_and_a_wrong_password_is_said(database):
    site = Site(database, now=NOW)
    async with serving(site.app()) as url, browser(PHONE) as page:
        await page.goto(f"{url}/b/sign-in")
        await assert_readable(page)
        await assert_accessible(page)
        await shot(page, "board-sign-in-phone")
        await page.get_by_label("Tên tài khoản").fill("x")
        await page.get_by_label("Mật khẩu").fill("y")
        await page.get_by_role("button", name="Đăng nhập").tap()
        await page.get_by_text("Tên hoặc mật khẩu không đúng.").wait_for()


async def test_the_list_can_be_read_without_script(database):
    async with told(database) as (site, url, platform), browser(PHONE) as page:
        many = [dossier(f"H27.35-240528-{n:04}", due="10/06 09:00") for n in range(60)]
        site.poll(NOW + timedelta(minutes=1), *SHOWN, *many)
        await page.route("**/*.js*", lambda route: route.abort())
        await page.goto(link_to(platform, "head"))
        await page.get_by_role("button", name="Xem bảng hồ sơ").tap()
        await page.get_by_role("link", name="Xem thêm").tap()
        await page.wait_for_url(f"{url}/b/?class=overdue&after=*")
        assert await page.locator("#rows > li").count() == 12
