"""`${NAME}`: where values come from, what happens without, and that nothing shows them."""

from __future__ import annotations

import pytest

from alertd.config.load import load
from alertd.config.secrets import place_of
from alertd.core.errors import InputError
from tests.config.editing import edit

HOOK = (
    "  console: {}\n",
    '  console: {}\n  webhook: {url: "http://gate.example/${PATH_KEY}", secret: "${HOOK_KEY}"}\n',
)


def test_from_the_environment(base, monkeypatch):
    monkeypatch.setenv("HOOK_KEY", "s3cret")
    monkeypatch.setenv("PATH_KEY", "p4th")
    edit(base, "alertd.yaml", HOOK)
    loaded = load(base)
    webhook = loaded.settings.channels.webhook
    assert webhook.secret.reveal() == "s3cret"
    assert webhook.url == "http://gate.example/p4th"
    assert loaded.unset == []
    loaded.require_secrets()


def test_from_the_credentials_folder(base, monkeypatch, tmp_path):
    (tmp_path / "creds").mkdir()
    (tmp_path / "creds" / "HOOK_KEY").write_text("from-file\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "creds"))
    monkeypatch.setenv("PATH_KEY", "p")
    edit(base, "alertd.yaml", HOOK)
    assert load(base).settings.channels.webhook.secret.reveal() == "from-file"


def test_where_a_value_stands_is_told_in_the_order_in_which_it_is_looked_for(base, monkeypatch, tmp_path):
    kept, credential = base / "secrets" / "HOOK_KEY", tmp_path / "creds" / "HOOK_KEY"
    assert place_of("HOOK_KEY", base) == str(kept)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credential.parent))
    assert place_of("HOOK_KEY", base) == str(kept)
    for path in (kept, credential):
        path.parent.mkdir()
        path.write_text("k", "utf-8")
    assert place_of("HOOK_KEY", base) == str(credential)
    monkeypatch.setenv("HOOK_KEY", "k")
    assert place_of("HOOK_KEY", base) == "$HOOK_KEY"


def test_unset_is_listed_and_refused_only_when_needed(base):
    edit(base, "alertd.yaml", HOOK)
    loaded = load(base)
    assert [(u.name, u.line) for u in loaded.unset] == [("PATH_KEY", 15), ("HOOK_KEY", 15)]
    assert not loaded.settings.channels.webhook.secret.is_set
    with pytest.raises(InputError, match="HOOK_KEY"):
        loaded.settings.channels.webhook.secret.reveal()
    with pytest.raises(InputError, match=r"alertd.yaml:15:\d+: \$\{PATH_KEY\}"):
        loaded.require_secrets()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Asia/Ho_Chi_Minh", '"${X}"'),
        ('quiet: "21:30-06:30"', 'quiet: "${X}"'),
        ('["07:30", "13:00"]', '"${X}"'),
        ("sqlite:///var/alertd.db", "${X}"),
        ("channels:\n", 'web: {listen: "${X}"}\nchannels:\n'),
    ],
)
def test_unset_is_never_a_fault_of_the_file(base, old, new):
    edit(base, "alertd.yaml", (old, new))
    assert [u.name for u in load(base).unset] == ["X"]


def test_nothing_shows_a_secret(base, monkeypatch):
    for name in ("HOOK_KEY", "PATH_KEY", "DB"):
        monkeypatch.setenv(name, "hush-hush")
    monkeypatch.setenv("TELEGRAM_TOKEN", "hush-hush")
    edit(
        base,
        "alertd.yaml",
        HOOK,
        ("sqlite:///var/alertd.db", "postgresql://a:${DB}@h/alertd"),
        ("drop/*.csv", '"${DB}/*.csv"'),
    )
    loaded = load(base)
    assert loaded.settings.storage.url == "postgresql://a:hush-hush@h/alertd"
    for shown in (
        repr(loaded),
        repr(loaded.settings),
        str(loaded.settings),
        str(loaded.settings.channels.telegram.token),
    ):
        assert "hush" not in shown
    assert not any("hush" in text for text in loaded.text.values())
