from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from alertd.core.errors import FeedError
from alertd.feeds.http import JsonClient, RefusedError
from alertd.feeds.login import Basic

SECRET = "bí-mật-s3cret"


class Host:
    """Answers each call with the next of `answers` (status, headers, body; the last one for ever), and keeps it."""

    def __init__(self):
        self.answers = [(200, {}, b'{"ok": true}')]
        self.calls = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                host.calls.append((self.command, self.path, dict(self.headers), body))
                status, headers, answer = host.answers.pop(0) if len(host.answers) > 1 else host.answers[0]
                self.send_response(status)
                for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer)

            do_POST = do_GET  # noqa: N815 - named by the base class

            def log_message(self, *args):
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def host():
    made = Host()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,))
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


class Turns:
    """Gives another token after each refusal, until there is none left."""

    def __init__(self, *tokens):
        self.tokens = list(tokens)

    async def headers(self):
        return {"Authorization": f"Bearer {self.tokens[0]}"}

    async def renew(self):
        self.tokens = self.tokens[1:] or self.tokens
        return True


def client(host, **more):
    return JsonClient("cong", host.url + "/goc/", pause=0.0, timeout=5.0, **more)


async def test_a_form_is_posted_as_one_and_its_answer_is_json(host):
    async with client(host) as one:
        assert await one.post("/token", form={"client_id": "a b", "client_secret": SECRET}) == {"ok": True}
    ((method, path, headers, body),) = host.calls
    assert (method, path) == ("POST", "/goc/token")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert body.startswith(b"client_id=a+b&client_secret=b%C3%AD-m")


async def test_a_json_body_is_posted_as_one_with_parameters_and_headers(host):
    async with client(host) as one:
        await one.post("/search", body={"trang": [1]}, params={"size": 5}, headers={"dstcode": "H27"})
    ((method, path, headers, body),) = host.calls
    assert (method, path, headers["Content-Type"]) == ("POST", "/goc/search?size=5", "application/json")
    assert (json.loads(body), headers["dstcode"]) == ({"trang": [1]}, "H27")


async def test_a_call_without_auth_carries_none_and_a_header_may_hold_any_text(host):
    async with client(host) as one:
        await one.get("/list", {}, {"groupId": "nhóm 1"})
    assert "Authorization" not in host.calls[0][2]
    assert host.calls[0][2]["groupId"].encode("latin-1").decode() == "nhóm 1"


async def test_what_was_refused_is_asked_once_more_with_new_headers_and_no_third_time(host):
    host.answers = [(401, {}, b""), (200, {}, b"[]")]
    async with client(host, auth=Turns("old", "new")) as one:
        assert await one.get("/list", {}, {}) == []
    assert [headers["Authorization"] for _, _, headers, _ in host.calls] == ["Bearer old", "Bearer new"]
    host.answers = [(401, {}, b"")]
    async with client(host, auth=Turns("a", "b", "c")) as one:
        with pytest.raises(RefusedError, match="answers 401: wrong user or password; check"):
            await one.get("/list", {}, {})
    assert len(host.calls) == 4


async def test_a_password_that_was_refused_is_not_tried_again_and_not_shown(host):
    host.answers = [(401, {}, b"")]
    async with client(host, auth=Basic("alertd", SECRET), login="hỏi quản trị") as one:
        with pytest.raises(RefusedError) as raised:
            await one.get("/list", {"key": SECRET}, {})
    assert str(raised.value) == f"feed cong: {host.url}/goc/list answers 401: hỏi quản trị"
    assert len(host.calls) == 1


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, b'{"error": "invalid_grant", "error_description": "s3cret"}', "answers 400 (invalid_grant): wrong"),
        (401, b'{"error": "invalid_client"}', "answers 401 (invalid_client): wrong"),
        (401, b'{"error": "s3cret"}', "answers 401: wrong"),
        (400, b'{"error": "s3cret"}', "answers 400; check the address"),
        (400, b'["invalid_grant"]', "answers 400; check the address"),
        (400, b"<html>", "answers 400; check the address"),
    ],
)
async def test_why_a_token_is_refused_is_named_by_its_code_alone(host, status, body, expected):
    host.answers = [(status, {}, body)]
    async with client(host) as one:
        with pytest.raises(FeedError) as raised:
            await one.post("/token", form={"client_secret": SECRET})
    assert expected in str(raised.value)
    assert "s3cret" not in str(raised.value)


async def test_a_busy_host_is_asked_again_with_the_same_body(host):
    host.answers = [(503, {}, b""), (503, {}, b""), (200, {}, b"{}")]
    async with client(host) as one:
        await one.post("/search", body={"page": 1})
    assert [json.loads(body) for _, _, _, body in host.calls] == [{"page": 1}] * 3


async def test_a_body_follows_only_a_redirect_that_keeps_it_and_to_the_same_host(host):
    host.answers = [(307, {"Location": "/khac"}, b""), (200, {}, b"{}")]
    async with client(host) as one:
        await one.post("/token", form={"a": "1"})
        assert [(method, path, body) for method, path, _, body in host.calls] == [
            ("POST", "/goc/token", b"a=1"),
            ("POST", "/khac", b"a=1"),
        ]
        host.answers = [(302, {"Location": "/khac?x=1"}, b"")]
        with pytest.raises(FeedError, match=r"redirects to http://127.0.0.1:\d+/khac; write that address"):
            await one.post("/token", form={"a": "1"})
        host.answers = [(307, {"Location": "http://localhost:1/khac"}, b"")]
        with pytest.raises(FeedError, match="redirects to http://localhost, which is not followed"):
            await one.post("/token", form={"a": "1"})


async def test_a_redirect_is_followed_with_the_password_on_the_same_host_only(host):
    host.answers = [(301, {"Location": "/moi"}, b""), (200, {}, b"{}")]
    async with client(host, auth=Basic("alertd", "a")) as one:
        await one.get("/cu", {}, {})
    assert [(path, headers.get("Authorization")) for _, path, headers, _ in host.calls] == [
        ("/goc/cu", "Basic YWxlcnRkOmE="),
        ("/moi", "Basic YWxlcnRkOmE="),
    ]


async def test_an_answer_to_a_post_is_bounded_too(host, monkeypatch):
    monkeypatch.setattr("alertd.feeds.http_answer.MAX_BYTES", 1_000_000)
    host.answers = [(200, {}, b" " * 1_000_001)]
    async with client(host) as one:
        with pytest.raises(FeedError, match="more than 1 MB for one page"):
            await one.post("/token", form={})


async def test_an_answer_that_cannot_be_unpacked_is_an_error(host):
    host.answers = [(200, {"Content-Encoding": "gzip"}, b"{}")]
    async with client(host) as one:
        with pytest.raises(FeedError, match="in the middle of its answer"):
            await one.get("/list", {}, {})
