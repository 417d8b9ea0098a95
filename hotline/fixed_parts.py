"""What a template says in every request alike is put together once for each language.

A form has hundreds of translated words between its fields; looked up one by one, they are a third of what the page costs.
Words and markup that stand side by side become one piece here when the template is loaded. Nothing else changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.template import Context, Node, NodeList, Template, Variable
from django.template.base import TextNode
from django.template.defaulttags import CommentNode, IfNode, LoadNode
from django.template.loaders import base, cached
from django.templatetags.i18n import TranslateNode
from django.utils.safestring import SafeString
from django.utils.translation import get_language

SILENT = (LoadNode, CommentNode)


class Joining(base.Loader):
    """Joins what is fixed before anybody else sees the template."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        found = super().get_template(template_name, skip)
        join(found.nodelist)
        return found


class Loader(cached.Loader, Joining):
    """Django's cached loader, over the loaders it is given; what it caches is joined."""


class Fixed(Node):
    """Pieces that say the same in every request, as one for each language."""

    child_nodelists = ()

    def __init__(self, pieces: list[Node]) -> None:
        self.pieces = pieces
        self.said: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = get_language()
        said = self.said.get(language)
        if said is None:
            said = self.said[language] = SafeString("".join(piece.render(context) for piece in self.pieces))
        return said


def join(nodes: NodeList) -> None:
    """Joins what is fixed in these nodes and in all that are inside them; in place, since parents hold these very lists."""
    for node in nodes:
        for inner in _inside(node):
            join(inner)
    joined: list[Node] = []
    run: list[Node] = []
    for node in [*nodes, None]:
        if node is not None and (isinstance(node, (TextNode, *SILENT)) or _is_word(node)):
            run.append(node)
            continue
        joined.extend(_as_one(run))
        run = []
        if node is not None:
            joined.append(node)
    nodes[:] = joined


def _as_one(run: list[Node]) -> list[Node]:
    """Markup without a word stays as it is: a template that extends another one may begin with it."""
    if len(run) < 2 or not any(_is_word(node) for node in run):
        return run
    fixed = Fixed(run)
    fixed.token, fixed.origin = run[0].token, run[0].origin  # where it stands, for error messages
    return [fixed]


def _is_word(node: Node) -> bool:
    """{% translate "..." %} of words that stand in the template, not kept in a variable and not filtered."""
    if not isinstance(node, TranslateNode) or node.asvar or node.message_context or node.filter_expression.filters:
        return False
    said = node.filter_expression.var
    return isinstance(said, Variable) and said.literal is not None


def _inside(node: Node) -> Iterator[NodeList]:
    if isinstance(node, IfNode):
        yield from (inner for _condition, inner in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        inner = getattr(node, name, None)
        if isinstance(inner, NodeList):
            yield inner
