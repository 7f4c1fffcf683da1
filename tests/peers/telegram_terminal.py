"""A terminal for a phone: shows what the bot sends, and sends what is typed.

4711 /start TOKEN    write as chat 4711
4711 !2              press the second button under the last message with buttons in chat 4711
4711 !data           press a button with these data (to try a forged one)
4711 block           block the bot; `4711 unblock` lets it speak again
?                    what was done against Telegram's limits
"""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.peers.telegram_server import Taken, TelegramServer


def show(message: Taken) -> None:
    """Print a message as a phone would show it."""
    print(f"── to chat {message.chat_id}")
    print(message.text)
    for number, button in enumerate(message.buttons, 1):
        print(f"   [!{number} {button['text']}]")
    print(flush=True)


def typed(server: TelegramServer, line: str) -> str:
    """Do what was typed; gives what to say about it."""
    if line.strip() == "?":
        return "\n".join(server.violations) or "nothing"
    chat, _, text = line.strip().partition(" ")
    if not chat.lstrip("-").isdecimal() or not text:
        return __doc__ or ""
    if text in {"block", "unblock"}:
        (server.block if text == "block" else server.unblock)(int(chat))
        return ""
    if not text.startswith("!"):
        server.updates.text(chat, text)
        return ""
    return _press(server, chat, text[1:])


def _press(server: TelegramServer, chat: str, which: str) -> str:
    last = next((each for each in reversed(server.taken) if each.chat_id == chat and each.buttons), None)
    if not which.isdecimal():
        server.updates.press(chat, which, last.message_id if last else 1)
        return ""
    if last is None or not 1 <= int(which) <= len(last.buttons):
        return "there is no such button"
    server.updates.press(chat, last.buttons[int(which) - 1]["callback_data"], last.message_id)
    return ""


async def _words(server: TelegramServer) -> None:
    """Print the word shown beside each pressed button."""
    shown: set[str] = set()
    while True:
        for query, press in server.updates.presses.items():
            if press.answer is not None and query not in shown:
                shown.add(query)
                print(f"── beside the button in chat {press.chat}: {press.answer or '(nothing)'}", flush=True)
        await asyncio.sleep(0.2)


async def _serve(options: argparse.Namespace) -> None:
    server = TelegramServer(options.token, enforce=True, port=options.port)
    server.on_message = show
    async with server:
        words = asyncio.create_task(_words(server))
        print(f"token: {server.token}\nbase_url: {server.url}\n\n{__doc__}", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            if said := typed(server, line):
                print(said, flush=True)
        words.cancel()


def main() -> None:
    """Run until the input ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=9100)
    parser.add_argument("--token", default="123456:TEST-token_of-nobody")
    asyncio.run(_serve(parser.parse_args()))
