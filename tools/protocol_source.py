"""What the generators read besides the Structs: the strings below attributes and constants, which Python drops."""

from __future__ import annotations

import ast
import inspect
from types import ModuleType

from nbchat.protocol import commands, events, news, replies, rooms, shapes


def attribute_docs(module: ModuleType) -> dict[str, dict[str, str]]:
    """The string below each attribute, by class name and attribute; constants of the module are under "".

    Constants in front of one string (the lower and the upper bound of something) share it; attributes do not.
    """
    tree = ast.parse(inspect.getsource(module))
    classes = {node.name: _docs_in(node.body, shared=False) for node in tree.body if isinstance(node, ast.ClassDef)}
    return {"": _docs_in(tree.body, shared=True), **classes}


def struct_docs() -> dict[str, dict[str, str]]:
    """The same for all Structs of the protocol."""
    docs: dict[str, dict[str, str]] = {}
    for module in (shapes, commands, rooms, events, replies, news):
        docs |= attribute_docs(module)
    return docs


def _docs_in(body: list[ast.stmt], *, shared: bool) -> dict[str, str]:
    docs: dict[str, str] = {}
    waiting: list[str] = []
    for node in body:
        name = _assigned(node)
        if name:
            waiting = [*waiting, name] if shared else [name]
            continue
        text = _string(node)
        if text:
            docs.update(dict.fromkeys(waiting, text))
        waiting = []
    return docs


def _assigned(node: ast.stmt) -> str | None:
    match node:
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return None


def _string(node: ast.stmt) -> str | None:
    match node:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return inspect.cleandoc(text)
    return None
