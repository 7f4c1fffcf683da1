"""The command line: `alertd COMMAND`. Exits 0 on success, 1 on a failed operation, 2 on bad input or configuration."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

from alertd import __version__, log
from alertd.core.errors import AlertdError

#: Each command is one module, loaded only when it is asked for: `check` should not wait for what `run` needs.
COMMANDS = {
    "init": "init",
    "doctor": "doctor",
    "run": "run",
    "demo": "demo",
    "check": "check",
    "test": "test",
    "schema": "schema",
    "calendar": "calendar",
    "config": "config",
    "simulate": "simulate",
    "diff": "diff",
    "feed": "feed",
    "import": "import_",
    "explain": "explain",
    "status": "status",
    "invite": "invite",
    "drill": "drill",
    "outbox": "outbox",
    "silence": "silence",
    "report": "report",
    "letter": "letter",
    "account": "account",
    "audit": "audit",
    "privacy": "privacy",
    "db": "db",
}


class Commands(click.Group):
    """Finds commands by name, in the order above."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Names, in the order a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"alertd.commands.{COMMANDS[cmd_name]}").command
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(__version__, prog_name="alertd")
def group() -> None:
    """Không để hồ sơ nào quá hạn: nhắc cán bộ, rồi trưởng đơn vị, rồi chủ tịch.

    No dossier past its promised date: tells the officer, then the head of the unit, then the chairman.
    """
    log.configure("WARNING")


def main(arguments: list[str] | None = None) -> Any:
    """Run a command; a failure is one clear line on stderr and an exit code, never a traceback."""
    try:
        group.main(arguments, prog_name="alertd", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "alertd"
        click.echo(f"{path}: {error.format_message()} `{path} --help` says what it takes.", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except AlertdError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # whoever read our output has gone; keep Python from complaining about it at exit
        sys.stdout = None
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
