"""Every list pages, and a stop holds however its account is written."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.api.whole import Side, fill
from tests.api.whole_recipes import RECIPES

LISTS = [key for key, recipe in RECIPES.items() if "limit" in recipe.query]


async def whole_list(side: Side, key: str, limit: int) -> list[list[Mapping[str, Any]]]:
    """Every page of the list, nothing narrowed."""
    path = fill(RECIPES[key].path, side.ids)
    pages: list[list[Mapping[str, Any]]] = []
    query: dict[str, object] = {"limit": limit}
    while len(pages) < 200:
        answer = await side.call(key, path=path, query=query)
        assert answer.status_code == 200, f"{key}: {answer.text}"
        pages.append(answer.json()["items"])
        if answer.json()["next_cursor"] is None:
            return pages
        query = {"limit": limit, "cursor": answer.json()["next_cursor"]}
    raise AssertionError(f"{key} does not end")


@pytest.mark.parametrize("key", LISTS)
async def test_a_list_read_in_small_pages_is_the_list(both, key):
    side = both.ours
    [one_page] = await whole_list(side, key, 200)
    pages = await whole_list(side, key, 2)
    assert [item for page in pages for item in page] == one_page
    assert all(len(page) == 2 for page in pages[:-1])
    assert one_page, "the list is empty: this proved nothing"


async def test_a_stop_holds_however_the_account_is_written(both):
    """Senders compare the id as text: another spelling would be a stop that stops nothing."""
    side, account = both.ours, both.ours.ids["account"]
    body = {"scope": "account", "id": account.upper(), "reason": "in capitals"}
    assert (await side.call("POST /emergency-stop", body=body)).json()["scope_id"] == account
    again = await side.call("POST /emergency-stop", body={**body, "id": account.replace("-", "")})
    shown = (await side.call("GET /emergency-stop")).json()["active"]
    assert [stop["id"] for stop in shown if stop["scope"] == "account"] == [again.json()["id"]]
    needs = (await side.call("GET /accounts/{account_id}", path={"account_id": account})).json()
    assert needs["needs"] == "stopped"
