from __future__ import annotations

import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def secrets(monkeypatch):
    """The base configuration's one secret is set, and findings are in Vietnamese."""
    monkeypatch.setenv("TELEGRAM_TOKEN", "42:token")
    monkeypatch.delenv("ALERTD_LANG", raising=False)
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)


@pytest.fixture
def base(tmp_path):
    """A folder with the base configuration, to change."""
    return copy(tmp_path)


def copy(tmp_path, variant=None):
    """The base configuration with the files of a variant over it."""
    folder = tmp_path / "config"
    shutil.copytree(HERE / "base", folder)
    for file in sorted(variant.iterdir()) if variant else ():
        shutil.copy(file, folder / file.name)
    return folder


@pytest.fixture
def variant(tmp_path):
    """Makes the folder of a variant."""
    return lambda path: copy(tmp_path, path)
