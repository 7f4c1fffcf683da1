"""`alertd schema`: JSON Schema of the configuration's files, for completion and help in an editor."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from alertd.commands.options import config_option, say
from alertd.config.schema import FILES, schema
from alertd.core.errors import AlertdError


@click.command("schema")
@click.option("--file", "file", type=click.Choice(FILES), help="Chỉ một tệp. / One of the files.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Ghi mỗi lược đồ thành một tệp ở đây. / Write a file each here."
)
@config_option
def command(file: str | None, out: Path | None, folder: Path) -> None:
    """Lược đồ JSON để trình soạn thảo gợi ý và báo lỗi. / JSON Schema for editors."""
    chosen = (file,) if file else FILES
    if out is None:
        click.echo(text_of(schema(file) if file else {name: schema(name) for name in FILES}), nl=False)
        return
    for name in chosen:
        _write(out / f"{name}.json", text_of(schema(name)))
        click.echo(out / f"{name}.json")
    say(f"first line of {folder / f'{chosen[0]}.yaml'}: {comment(chosen[0], out, folder)}")


def text_of(made: dict[str, Any]) -> str:
    """As it is written to a file."""
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def comment(name: str, out: Path, folder: Path) -> str:
    """The line by which a file names its schema: an editor takes it from the file's own folder."""
    return f"# yaml-language-server: $schema={Path(os.path.relpath(out, folder), f'{name}.json').as_posix()}"


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AlertdError(f"{path}: the schema cannot be written: {error.strerror}") from None
