from __future__ import annotations

import logging

import pytest


@pytest.fixture
def talkative(caplog):
    """Every logger at its loudest, whatever an earlier test left; gives what was logged."""
    names = ("httpx", "httpcore", "telegram")
    before = {name: logging.getLogger(name).level for name in names}
    for name in names:
        logging.getLogger(name).setLevel(logging.NOTSET)
    caplog.set_level(logging.DEBUG)
    yield caplog
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)
