"""What all tests of training share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from threadpoolctl import threadpool_limits


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """One thread for the trees, so that other work on the machine does not slow them down."""
    with threadpool_limits(1, "openmp"):
        yield
