"""The example company, made once for all its tests."""

from __future__ import annotations

import pytest

from sop_xl import example


@pytest.fixture(scope="session")
def company() -> example.Example:
    return example.make()
