from __future__ import annotations

import pytest

from alertd.core.errors import FeedError
from alertd.demo.portal import Portal
from alertd.demo.portal.keycloak import Sso
from alertd.feeds.http import JsonClient, RefusedError
from alertd.feeds.keycloak import LOGIN, USUAL_LIFE, Token, grant, life_of

SECRET = "bí-mật-s3cret"


class Watch:
    """A clock that a test sets, in seconds."""

    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def watch():
    return Watch()


@pytest.fixture
def portal():
    with Portal(sso=Sso("alertd", SECRET)) as running:
        yield running


@pytest.fixture
async def sso(portal):
    async with JsonClient("cong", portal.token_url, login=LOGIN, pause=0.0) as client:
        yield client


def token(sso, watch, **more):
    form = grant(**{"client_id": "alertd", "client_secret": SECRET, "username": "", "password": "", **more})
    return Token(sso, "", form, clock=watch)


@pytest.mark.parametrize(("life", "good", "over"), [(300, 269, 271), (40, 19, 21), (1, 0.4, 0.6)])
async def test_a_token_is_renewed_before_the_end_that_it_names(portal, sso, watch, life, good, over):
    portal.faults.token_life = life
    one = token(sso, watch)
    first = await one.headers()
    watch.now += good
    assert await one.headers() == first
    watch.now += over - good
    assert await one.headers() != first
    assert portal.sso.granted == ["client_credentials"] * 2


async def test_a_token_that_was_refused_is_replaced_at_once(portal, sso, watch):
    one = token(sso, watch)
    first = await one.headers()
    assert await one.renew()
    assert await one.headers() != first


async def test_a_persons_password_is_asked_with_when_one_is_given(watch):
    with Portal(sso=Sso("alertd", "", "cv", SECRET)) as portal:
        async with JsonClient("cong", portal.token_url, pause=0.0) as client:
            await token(client, watch, client_secret="", username="cv", password=SECRET).headers()
    assert portal.sso.granted == ["password"]


def test_nothing_is_sent_that_was_not_given():
    assert grant("a", "", "", "") == {"grant_type": "client_credentials", "client_id": "a"}
    assert grant("a", "", "u", "p") == {"grant_type": "password", "client_id": "a", "username": "u", "password": "p"}


async def failure(one):
    with pytest.raises(FeedError) as raised:
        await one.headers()
    assert str(raised.value).startswith("feed cong: http://127.0.0.1:")
    assert SECRET not in str(raised.value)
    assert "\n" not in str(raised.value)
    return raised.value


async def test_a_wrong_secret_is_one_clear_error(sso, watch):
    error = await failure(token(sso, watch, client_secret="falsch"))
    assert isinstance(error, RefusedError)
    assert "answers 401 (unauthorized_client): the login is refused; check `client_id:`" in str(error)
    assert "falsch" not in str(error)


async def test_a_grant_that_the_client_may_not_use_is_one_clear_error(sso, watch):
    error = await failure(token(sso, watch, username="cv", password="x"))
    assert "answers 400 (unsupported_grant_type): the login is refused" in str(error)


async def test_a_login_page_in_place_of_a_token_is_one_clear_error(portal, sso, watch):
    portal.faults.token_html = True
    assert "a web page (HTML) instead of JSON" in str(await failure(token(sso, watch)))


@pytest.mark.parametrize(
    "answer", [{}, [], None, {"access_token": ""}, {"access_token": 7}, {"access_token": "a\nb"}, {"access_token": "ậ"}]
)
async def test_json_without_a_token_is_one_clear_error(watch, answer):
    class Answers:
        where = "feed cong: http://127.0.0.1:1"

        async def post(self, path, *, form):
            return answer

    assert "without an `access_token`" in str(await failure(Token(Answers(), "", {}, clock=watch)))


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        (300, 300),
        ("60", 60),
        (59.5, 59.5),
        (0, USUAL_LIFE),
        (-5, USUAL_LIFE),
        (None, USUAL_LIFE),
        (True, USUAL_LIFE),
        ("soon", USUAL_LIFE),
        (float("inf"), USUAL_LIFE),
        (float("nan"), USUAL_LIFE),
    ],
)
def test_a_life_that_is_none_is_the_usual_one(said, seconds):
    assert life_of({"expires_in": said}) == seconds
