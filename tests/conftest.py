"""What all tests share: one publication of data/ for the session, and with `-n` whole files to one process."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from knowledge.base import SHIPPED, KnowledgeBase
from office.office import open_knowledge


class WholeFiles(LoadFileScheduling):
    """A file's tests stay together and files go out in their order, so that what a file starts is started once.

    Files with a browser go out first: they take longest, and none of them shall be alone at the end.
    """

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole files with a browser first, all else in its order."""
    slow = {item.path for item in items if item.get_closest_marker("browser") is not None}
    items.sort(key=lambda item: item.path not in slow)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> WholeFiles:
    """The order of `pytest -n`."""
    return WholeFiles(config, log)


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, KnowledgeBase]:
    """A state folder with nothing in it but the publication of data/, and what serves from it."""
    state: Path = tmp_path_factory.mktemp("publication")
    return state, open_knowledge(state, SHIPPED)


@pytest.fixture(scope="session")
def shipped(first_start: tuple[Path, KnowledgeBase]) -> KnowledgeBase:
    """Everything in data/, as a program serves it."""
    return first_start[1]


@pytest.fixture(scope="session")
def new_state(first_start: tuple[Path, KnowledgeBase], tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes state folders that hold the publication already, so that a program on one starts without importing."""

    def make() -> Path:
        state: Path = tmp_path_factory.mktemp("state")
        shutil.copytree(first_start[0], state, dirs_exist_ok=True)
        return state

    return make
