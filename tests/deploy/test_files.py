"""The other files of deploy/: what they start, mount and pass on is what alertd has."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from alertd.cli import group

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
CONTAINER = (DEPLOY / "container" / "Containerfile").read_text("utf-8")
COMPOSE = YAML(typ="safe").load((DEPLOY / "container" / "compose.yaml").read_text("utf-8"))
#: Commands of alertd that stand in the files: what follows its name or path.
CALLED = re.compile(r"(?:/bin/alertd\"?|ExecStart=\S*alertd) ((?:[a-z]+ ?){1,2})")


def test_the_container_copies_what_is_there_and_runs_as_nobody_in_particular():
    for sources in re.findall(r"^COPY (?!--from)(.+) \S+$", CONTAINER, re.MULTILINE):
        assert all((ROOT / source).exists() for source in sources.split())
    assert re.search(r"^USER 10001$", CONTAINER, re.MULTILINE)
    assert "--require-hashes -r requirements.lock" in CONTAINER
    assert 'ENTRYPOINT ["alertd"]\nCMD ["run", "--config", "/etc/alertd"]' in CONTAINER
    assert not re.search(r"(?i)^(?:ENV|ARG) .*(?:password|token|secret)=", CONTAINER, re.MULTILINE)


def test_what_the_container_takes_is_what_the_wheel_is_made_of():
    forced = re.search(r"force-include\]\n(.*?)\n\n", (ROOT / "pyproject.toml").read_text("utf-8"), re.DOTALL)[1]
    for folder in ["alertd", *re.findall(r"^(\w+) =", forced, re.MULTILINE)]:
        assert f"COPY {folder} {folder}\n" in CONTAINER


def test_the_containers_image_is_checked_by_a_linter():
    linter = Path(sys.executable).with_name("hadolint")  # of the development requirements
    done = subprocess.run([linter, DEPLOY / "container" / "Containerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


def test_compose_names_only_what_it_declares_and_keeps_secrets_in_files():
    services, secrets = COMPOSE["services"], COMPOSE["secrets"]
    for service in services.values():
        assert set(service["secrets"]) <= secrets.keys()
        assert set(service.get("depends_on", {})) <= services.keys()
        assert service["restart"] in ("unless-stopped", "on-failure")
        assert not [key for key in service.get("environment", {}) if key.endswith("PASSWORD")]
        named = {each.partition(":")[0] for each in service["volumes"] if isinstance(each, str)}
        assert named <= COMPOSE["volumes"].keys()
    assert all(list(each) == ["file"] for each in secrets.values())
    alertd, upgrade = services["alertd"], services["upgrade"]
    for each in (alertd, upgrade):
        assert (each["read_only"], each["cap_drop"], each["image"]) == (True, ["ALL"], "alertd")
    assert (DEPLOY / "container" / upgrade["build"]["context"]).resolve() == ROOT
    assert (ROOT / upgrade["build"]["dockerfile"]).is_file()
    assert alertd["ports"] == ["127.0.0.1:8080-8081:8080"], "the board is reached through a proxy only"


def test_compose_runs_two_of_a_cluster_once_the_schema_is_there():
    alertd, upgrade = COMPOSE["services"]["alertd"], COMPOSE["services"]["upgrade"]
    assert alertd["deploy"]["replicas"] == 2
    assert alertd["depends_on"]["upgrade"] == {"condition": "service_completed_successfully"}
    for service, words in ((alertd, ["run", "--cluster"]), (upgrade, ["db", "upgrade"])):
        assert service["command"] == [*words, "--config", "/etc/alertd"]
        assert CliRunner().invoke(group, [*words, "--help"]).exit_code == 0


@pytest.mark.parametrize(
    "path", sorted(path for path in DEPLOY.rglob("*") if path.is_file()), ids=lambda path: path.name
)
def test_every_command_that_a_file_calls_exists(path):
    for words in CALLED.findall(path.read_text("utf-8")):
        command, called = group, []
        for name in words.split():
            found = command.get_command(None, name) if hasattr(command, "get_command") else None
            if found is None:
                break
            command = found
            called.append(name)
        assert called, f"{path}: alertd {words}"
        # through the group: a command that is called by itself keeps the names of its help for good
        assert CliRunner().invoke(group, [*called, "--help"]).exit_code == 0


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_a_proxy_logs_no_address_and_shows_no_stranger_what_machines_ask(name):
    text = (DEPLOY / "proxy" / name).read_text("utf-8")
    assert all(path in text for path in ("metrics", "readyz", "livez", "health"))
    assert "127.0.0.1:8080" in text
    assert "access_log off" in text if name == "nginx.conf" else "\tlog" not in text
    assert text.count("{") == text.count("}")


def test_the_bundle_is_made_and_installed_without_an_index():
    script = (DEPLOY / "bundle.sh").read_text("utf-8")
    assert subprocess.run(["sh", "-n", str(DEPLOY / "bundle.sh")]).returncode == 0
    assert script.count("--require-hashes") >= 3
    assert script.count("--no-index") == script.count("--isolated") - 1 >= 4, (
        "what the machine is set up with helps nowhere"
    )
    if shutil.which("shellcheck"):
        done = subprocess.run(["shellcheck", str(DEPLOY / "bundle.sh")], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_a_bundle_never_writes_into_a_folder_that_is_there(tmp_path):
    done = subprocess.run(["sh", str(DEPLOY / "bundle.sh"), str(tmp_path)], capture_output=True, text=True)
    assert (done.returncode, "is there already" in done.stderr, list(tmp_path.iterdir())) == (2, True, [])
