"""Every operation of the document has a recipe, and every recipe goes well."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.api.whole import STREAMS, Both, document, fill, operations
from tests.api.whole_recipes import RECIPES, Recipe
from tests.support.people import browser, sign_in


@pytest.fixture
async def openapi() -> dict[str, Any]:
    return await document()


async def test_every_operation_has_a_recipe(openapi):
    assert set(operations(openapi)) == set(RECIPES)


async def test_a_recipe_fills_every_place_for_an_id(openapi):
    """Else the tests of foreign and of broken ids would leave that place out."""
    empty = [
        f"{key}: {place}"
        for key, operation in operations(openapi).items()
        for place in _id_places(openapi, operation)
        if not _filled(RECIPES[key], place)
    ]
    assert empty == []


async def test_a_recipe_names_every_parameter_and_field(openapi):
    missing = []
    for key, operation in operations(openapi).items():
        recipe = RECIPES[key]
        for parameter in operation.get("parameters", []):
            given = {"path": recipe.path, "query": recipe.query}.get(parameter["in"])
            if given is not None and parameter["name"] not in {*given, "cursor", "error"}:
                missing.append(f"{key}: {parameter['in']} {parameter['name']}")
    assert missing == []


def _id_places(openapi: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[str]:
    for parameter in operation.get("parameters", []):
        if _is_id(parameter["schema"]):
            yield parameter["name"]
    content = operation.get("requestBody", {}).get("content", {})
    for media in content.values():
        yield from _id_fields(openapi, media["schema"])


def _id_fields(openapi: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    if "$ref" in schema:
        schema = openapi["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    for option in schema.get("anyOf", []):
        yield from _id_fields(openapi, option)
    for name, part in schema.get("properties", {}).items():
        if _is_id(part) or _is_id(part.get("items", {})):
            yield name
        yield from _id_fields(openapi, part)


def _is_id(schema: Mapping[str, Any]) -> bool:
    options = [schema, *schema.get("anyOf", [])]
    return any(option.get("format") == "uuid" for option in options)


def _filled(recipe: Recipe, place: str) -> bool:
    found: list[object] = [recipe.path.get(place), recipe.query.get(place)]
    if isinstance(recipe.body, dict):
        found.append(recipe.body.get(place))
    return any("$" in str(value) for value in found)


async def test_every_recipe_goes_well(both: Both):
    """The control of the tests that refuse: with one's own ids each of these calls works."""
    wrong = []
    side, headers, phone = both.ours, dict(both.ours.headers), browser(both.app)
    await sign_in(phone, side.ids["email"])
    for key, recipe in RECIPES.items():
        if key in STREAMS:
            continue
        if key == "POST /auth/refresh":
            answer = await phone.post("/auth/refresh")
        else:
            who = {} if key == "POST /auth/logout" else headers  # it would end the session
            answer = await side.call(key, **fill(recipe.parts, side.ids), headers=who)
        if answer.status_code != recipe.status:
            wrong.append(f"{key}: {answer.status_code} {answer.text[:300]}")
        elif key == "POST /auth/workspace":
            headers = {"authorization": f"Bearer {answer.json()['access_token']}"}
    assert wrong == [], "\n".join(wrong)
