"""What Toy offers, as data."""

from importlib.resources import files
from typing import Final

from socialseed.connectors.manifest import Manifest, TextLimit

API: Final = "api.toy.example"
WEB: Final = "toy.example"

MANIFEST: Final = Manifest(
    platform="toy",
    name="Toy",
    hosts={"api": API, "web": WEB},
    performs=frozenset({"publish_text", "delete"}),
    verifies=frozenset({"publish_text", "delete"}),
    reads=frozenset({"me", "own_posts"}),
    scopes=("posts",),
    text_limits={"publish_text": TextLimit(100, "invented")},
    profile_url="{base}/{handle}",
    post_url="{base}/{handle}/{id}",
    tiers=("free",),
    sources=("tests/contracts/toy/platform.py",),
    sheet=files("tests.contracts.toy").joinpath("ledger.toml").read_text("utf-8"),
)
