"""`_fields`: only the members asked for. Source: WordPress REST API handbook, global parameters."""

from typing import Any

Tree = dict[str, "Tree"]


def narrowed(value: Any, fields: Any) -> Any:
    """An object, or each of a list, cut to `a,b.c`; a single object keeps its `_links`."""
    names = fields if isinstance(fields, list) else str(fields).split(",")
    tree: Tree = {}
    for name in names:
        branch = tree
        for step in str(name).strip().split("."):
            branch = branch.setdefault(step, {})
    if isinstance(value, list):
        return [_cut(item, tree) for item in value]
    if isinstance(value, dict) and "_links" in value:
        return {**_cut(value, tree), "_links": value["_links"]}
    return _cut(value, tree)


def _cut(value: Any, tree: Tree) -> Any:
    if not tree:
        return value
    if isinstance(value, list):
        return [_cut(item, tree) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _cut(item, tree[name]) for name, item in value.items() if name in tree}
