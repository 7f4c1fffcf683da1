"""How the commands are called: help, mistakes, configurations that cannot be used, and secrets (DESIGN section 9)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from alertd.cli import group
from alertd.store.database import Database
from tests.commands.ground import rows, write_config, write_csv

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (
    "init", "doctor", "run", "demo", "check", "test", "schema", "calendar", "config", "simulate", "diff",
    "feed", "import", "explain", "status", "invite", "drill", "outbox", "silence", "report", "letter", "account", "audit",
    "privacy", "db",
)  # fmt: skip
STRETCH = ("--from", "2026-01-01", "--to", "2026-02-01")
HOOK = '  webhook: {url: "http://127.0.0.1:9/hook", secret: "${HOOK_SECRET}"}\n'


def process(*arguments, **more):
    """The command as a process of its own; a warning ends it."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "alertd", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT), **more.pop("env", {})},
        capture_output=True,
        timeout=60,
        **more,
    )


@pytest.mark.parametrize(
    "command",
    [
        (),
        *((name,) for name in COMMANDS),
        *(("config", name) for name in ("history", "show", "rollback")),
        *(("db", name) for name in ("upgrade", "backup", "restore", "check")),
        *(("outbox", name) for name in ("list", "retry", "release", "discard")),
        *(("feed", name) for name in ("test", "guess")),
    ],
)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_every_command_prints_help(alertd, command, option):
    done = alertd(*command, option)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: {' '.join(('alertd', *command))} ")


def test_help_names_every_command(alertd):
    listed = alertd("--help").out.partition("Commands:")[2]
    assert (
        tuple(line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " ") == COMMANDS
    )


def test_the_program_as_a_process_prints_its_version():
    done = process("--version")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"alertd, version ")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["báo-cáo"], "No such command 'báo-cáo'"),
        (["db", "drop"], "No such command 'drop'"),
        (["status", "--colour"], "No such option '--colour'"),
        (["status", "--format", "xml"], "'xml' is not one of"),
        (["import", "x.csv"], "Missing option '--feed'"),
        (["import", "--feed", "exports"], "Missing argument 'FILE'"),
        (["explain"], "Missing argument 'CODE'"),
        (["simulate", "--feed", "exports", "--from", "2026-01-01"], "Missing option '--to'"),
        (["demo", "--speed", "0"], "0"),
    ],
)
def test_a_mistake_in_the_call_is_one_clear_line(alertd, arguments, words):
    done = alertd(*arguments)
    assert done.code == 2
    assert words in done.line
    assert "--help" in done.line


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["simulate", "--feed", "portal", *STRETCH], "no feed is called 'portal'"),
        (["import", "x.csv", "--feed", "portal"], "there is: exports"),
        (["simulate", "--from", "gestern", "--to", "2026-02-01"], "--from: 'gestern' is not an instant"),
        (["simulate", "--from", "2026-02-01", "--to", "2026-02-01"], "is not before"),
        (["status", "--at", "31/12/2026"], "--at: '31/12/2026' is not an instant"),
        (["explain", "HS-1", "--at", "2026-13-01"], "is not an instant"),
        (["status"], "there is no database yet"),
        (["explain", "HS-1"], "there is no database yet"),
        (["simulate", *STRETCH], "there is no database yet"),
        (["db", "backup", "copy.db"], "there is no database yet"),
        (["db", "check"], "there is no database yet"),
        (["simulate", "--feed", "exports", *STRETCH], "there is no file"),
        (["db", "restore", "không-có.db"], "there is no such backup"),
    ],
)
def test_what_cannot_be_used_is_one_clear_line(alertd, local, arguments, words):
    done = alertd(*arguments, "--config", local)
    assert done.code == 2
    assert words in done.line
    assert not list(local.parent.glob("*.db")), "a refused command leaves no database behind"


@pytest.mark.parametrize("command", [["check"], ["run"], ["status"], ["simulate", *STRETCH], ["db", "upgrade"]])
def test_a_missing_configuration_folder_is_one_clear_line(alertd, tmp_path, command):
    done = alertd(*command, "--config", tmp_path / "nirgends")
    assert done.code == 2
    (line,) = (done.out + done.err).splitlines()
    assert "nirgends" in line
    assert (done.err == "") == (command == ["check"]), "findings are the result of check, and an error elsewhere"


@pytest.mark.parametrize("command", [["run"], ["status"], ["simulate", *STRETCH], ["import", "x", "--feed", "exports"]])
def test_malformed_yaml_is_told_with_its_line_and_column(alertd, local, command):
    (local / "escalation.yaml").write_text("policies:\n  - name: [standard\n    match: {}\n", "utf-8")
    done = alertd(*command, "--config", local)
    assert done.code == 2
    assert done.out == ""
    here = (f"{local / 'escalation.yaml'}:3:", "escalation.yaml:3:")
    assert any(line.startswith(here) for line in done.err.splitlines()), done.err
    found = alertd("check", "--config", local)
    assert (found.code, found.err) == (2, "")
    assert set(found.out.splitlines()) == set(done.err.splitlines())


def test_a_right_configuration_is_checked_in_silence(alertd, local):
    done = alertd("check", "--config", local)
    assert (done.code, done.out, done.err) == (0, "", "")


# --- secrets ----------------------------------------------------------------------------------------------------------


def test_a_secret_that_is_not_set_is_a_warning_but_keeps_the_daemon_from_starting(alertd, tmp_path, monkeypatch):
    monkeypatch.delenv("HOOK_SECRET", raising=False)
    folder = write_config(tmp_path / "config", f"sqlite:///{tmp_path / 'alertd.db'}", channels=HOOK)
    write_csv(folder / "drop" / "e.csv", rows(2))
    checked = alertd("check", "--config", folder)
    assert checked.code == 0
    assert "HOOK_SECRET" in checked.out
    tried = alertd("simulate", "--feed", "exports", *STRETCH, "--format", "jsonl", "--config", folder)
    assert (tried.code, tried.out) == (0, "")
    assert "HOOK_SECRET" in tried.err
    refused = alertd("run", "--config", folder)
    assert (refused.code, refused.out) == (2, "")
    assert "HOOK_SECRET" in refused.err
    assert not (tmp_path / "alertd.db").exists()


def test_a_secret_may_come_from_a_credentials_folder(alertd, tmp_path, monkeypatch):
    monkeypatch.delenv("HOOK_SECRET", raising=False)
    folder = write_config(tmp_path / "config", f"sqlite:///{tmp_path / 'alertd.db'}", channels=HOOK)
    (tmp_path / "credentials").mkdir()
    (tmp_path / "credentials" / "HOOK_SECRET").write_text("geheim\n", "utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    done = alertd("check", "--config", folder)
    assert (done.code, done.out, done.err) == (0, "", "")
    assert alertd("db", "upgrade", "--config", folder).err == ""


def test_a_database_password_from_the_environment_is_never_shown(alertd, tmp_path, monkeypatch):
    monkeypatch.setenv("DB_PASSWORD", "geheim-4711")
    folder = write_config(tmp_path / "config", "postgresql://alertd:${DB_PASSWORD}@127.0.0.1:9/alertd")
    done = alertd("status", "--config", folder)
    assert done.code == 1
    assert "geheim-4711" not in done.line
    assert "127.0.0.1:9" in done.line


# --- databases that cannot be used ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [["run"], ["status"], ["explain", "HS-1"], ["simulate", *STRETCH], ["db", "upgrade"], ["db", "check"],
     ["db", "backup", "copy.db"]],
)  # fmt: skip
def test_a_newer_schema_is_refused_and_left_alone(alertd, config, url, command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    alertd("db", "upgrade", "--config", config)
    database = Database(url)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    done = alertd(*command, "--config", config)
    assert done.code == 1
    assert "newer than this alertd" in done.line
    with database.read() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    database.close()
    assert not (tmp_path / "copy.db").exists()


@pytest.mark.parametrize("command", [["status"], ["db", "upgrade"], ["run"], ["db", "check"]])
def test_a_file_that_is_no_database_is_one_clear_line(alertd, local, tmp_path, command):
    (tmp_path / "alertd.db").write_text("đây không phải là cơ sở dữ liệu\n" * 100, "utf-8")
    done = alertd(*command, "--config", local)
    assert done.code == 1
    assert "alertd.db" in done.line


# --- what stands where ------------------------------------------------------------------------------------------------


def test_a_reader_that_goes_away_is_no_traceback(local):
    write_csv(local / "drop" / "e.csv", rows(300))
    command = (
        f"{sys.executable} -W error -m alertd simulate --feed exports --from 2026-01-01 --to 2027-06-01 --format jsonl"
    )
    done = subprocess.run(
        f"{command} --config {local} | head -n 1", shell=True, capture_output=True, timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stderr == b""
    assert json.loads(done.stdout)["dossier"].startswith("HS-")


def test_stdout_carries_only_the_result_and_is_utf8_whatever_the_terminal(local):
    write_csv(local / "drop" / "e.csv", [*rows(2), ["", "", "", "", "", "", ""], ["HS-x", "", "", "", "", "không", ""]])
    arguments = ["simulate", "--feed", "exports", "--from", "2026-01-01", "--to", "2027-06-01", "--config", local]
    done = process(*arguments, "--format", "jsonl", env={"LC_ALL": "C", "PYTHONUTF8": "0"})
    assert done.returncode == 0
    assert all(json.loads(line) for line in done.stdout.decode().splitlines())
    assert b"row 5" in done.stderr
    shown = process(*arguments, "--format", "table", env={"LC_ALL": "C", "PYTHONUTF8": "0"})
    assert shown.returncode == 0, shown.stderr
    assert "người nhận" in shown.stdout.decode()


def test_the_demo_refuses_a_folder_that_is_no_configuration(alertd, tmp_path):
    done = alertd("demo", "--config", tmp_path / "nirgends")
    assert (done.code, "nirgends" in done.line) == (2, True)


def test_rules_that_name_people_whom_the_demo_does_not_have_are_refused_by_their_own_lines(alertd, local):
    (local / "escalation.yaml").write_text(
        "policies: [{name: mine, match: {}, steps: [{name: early, at: -9d, to: person:chair}]}]\n", "utf-8"
    )
    done = alertd("demo", "--config", local)
    assert (done.code, done.out) == (2, "")
    fault, why = done.err.splitlines()
    assert fault.startswith(f"{local / 'escalation.yaml'}:1:")
    assert "chair" in fault
    assert why.startswith(f"{local}: ")


def test_every_command_takes_a_configuration_folder():
    loaded = [(name, group.get_command(None, name)) for name in COMMANDS]
    leaves = [(name, leaf) for name, command in loaded for leaf in getattr(command, "commands", {"": command}).values()]
    assert [name for name, leaf in leaves if not any("--config" in each.opts for each in leaf.params)] == []


def unanswered(*arguments, cwd):
    """A command that asks, with nobody to answer; gives the exit code and the last line on stderr."""
    done = process(*arguments, cwd=cwd, stdin=subprocess.DEVNULL)
    assert b"Traceback" not in done.stderr
    return done.returncode, done.stderr.decode().splitlines()[-1]


def test_init_without_anybody_to_answer_says_what_is_asked_and_writes_nothing(tmp_path):
    code, line = unanswered("init", "--config", "config", cwd=tmp_path)
    assert code == 2
    assert "--office" in line
    assert "--no-questions" in line
    assert not list(tmp_path.iterdir())


def ended(*_args, **_more):
    raise EOFError


def test_init_without_anybody_to_type_a_secret_names_it_and_writes_nothing(alertd, monkeypatch, tmp_path):
    monkeypatch.setattr("click.termui.hidden_prompt_func", ended)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _prompt: "0912345678")
    monkeypatch.delenv("ALERTD_TELEGRAM_TOKEN", raising=False)
    export = write_csv(tmp_path / "export.csv", rows(3))
    given = ("--office-name", "UBND xã", "--admin", "quan-tri", "--feed", "sheet", "--file", export)
    channel = ("--channel", "telegram", "--set", "telegram.name=bot", "--admin-contact", "email=a@b.vn")
    done = alertd("init", *given, *channel, "--config", tmp_path / "config")
    assert (done.code, "ALERTD_TELEGRAM_TOKEN" in done.err.splitlines()[-1]) == (2, True), done
    assert list(tmp_path.iterdir()) == [export]


def test_a_password_that_nobody_types_changes_no_account(alertd, local, monkeypatch):
    assert alertd("db", "upgrade", "--config", local).code == 0
    monkeypatch.setattr("click.termui.hidden_prompt_func", ended)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    done = alertd("account", "set", "quan-tri", "--config", local)
    assert (done.code, "stdin" in done.err.splitlines()[-1]) == (2, True), done
    assert alertd("account", "list", "--config", local).out == ""


def test_erasing_without_anybody_to_confirm_it_erases_nothing(alertd, local, tmp_path):
    assert alertd("db", "upgrade", "--config", local).code == 0
    code, line = unanswered("privacy", "erase", "HS-1", "--reason", "x", "--config", local, cwd=tmp_path)
    assert (code, "--yes" in line) == (2, True)


def test_ctrl_c_at_a_question_stays_130(alertd, monkeypatch, tmp_path):
    def interrupted(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr("click.termui.visible_prompt_func", interrupted)
    assert alertd("init", "--config", tmp_path / "config").code == 130
    assert not (tmp_path / "config").exists()
