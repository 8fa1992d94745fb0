"""No call to a platform forgets its account's way out: each says which one, if only None."""

import ast
from pathlib import Path

CONNECTORS = Path(__file__).resolve().parents[2] / "src" / "socialseed" / "connectors"


def test_every_call_of_a_connector_names_its_egress() -> None:
    found, silent = 0, []
    for path in sorted(CONNECTORS.glob("*/*.py")):
        nodes = [
            node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)
        ]
        sent = [node.args[0] for node in nodes if _is_sending(node)]
        found += len(sent)
        # A file may name it in the one place through which all of its calls go.
        if sent and all(isinstance(one, ast.Call) and _names_egress(one) for one in sent):
            continue
        made = [node for node in nodes if getattr(node.func, "id", "") == "Call"]
        silent += [f"{path}:{node.lineno}" for node in made if not _names_egress(node)]
    assert silent == []
    assert found >= 3, "one for each platform at least"


def _is_sending(node: ast.Call) -> bool:
    """`http.call(…)`, `self.http.call(…)`, `line.http.call(…)`."""
    target = node.func
    if not isinstance(target, ast.Attribute) or target.attr != "call":
        return False
    return "http" in (getattr(target.value, "id", ""), getattr(target.value, "attr", ""))


def _names_egress(node: ast.Call) -> bool:
    return any(keyword.arg == "egress" for keyword in node.keywords)


def test_the_straight_client_is_used_for_calls_without_egress_and_for_media_alone() -> None:
    users = {
        str(path.relative_to(CONNECTORS))
        for path in CONNECTORS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr == "client"
        and isinstance(node.value, ast.Name)
        and node.value.id in ("self", "http")
    }
    assert users == {"http.py", "media.py", "egress.py"}
