"""A product of one's own for each fault test, and a runtime beside it in the test's process."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from socialseed.bootstrap import build_runtime
from socialseed.runtime.runtime import Runtime
from tests.support.product import Product, running


@pytest.fixture
def product(database_url: str, tmp_path: Path) -> Iterator[Product]:
    """A sandbox that answers, over a fresh database; the test starts API and workers itself."""
    with running(tmp_path / "product", database_url) as product:
        yield product


@pytest.fixture
async def runtime(product: Product) -> AsyncIterator[Runtime]:
    """A runtime with the product's settings and keys, in the test's own process."""
    async with build_runtime(product.settings()) as runtime:
        yield runtime
