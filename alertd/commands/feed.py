"""`alertd feed …`: what a feed or a foreign file looks like to alertd, before it counts."""

from __future__ import annotations

import importlib

import click

COMMANDS = {"test": "feed_test", "guess": "feed_guess"}


class Commands(click.Group):
    """Each command is one module, loaded only when it is asked for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Names, in the order a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"alertd.commands.{COMMANDS[cmd_name]}").command
        return command


@click.group("feed", cls=Commands)
def command() -> None:
    """Thử một nguồn, hoặc đề xuất cấu hình cho tệp lạ. / Try a feed, or propose one for a foreign file."""
