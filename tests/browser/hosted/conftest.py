"""One server of the hosted page for all of its tests."""

import pytest
from classic import is_here
from hosted import Hosted


@pytest.fixture(scope="session")
def server(start):
    if not is_here():
        pytest.skip("not the hosted versions; `make hosted` runs these tests")
    return start(Hosted)
