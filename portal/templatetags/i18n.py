"""Django's tags for translation, under their own name; what they say of constant text is found once in each language.

A page holds some hundred ``{% translate %}``. The stock tag makes a lazy text of each one and asks the catalogue again
each time, which took a tenth of the time of a page.
"""

from typing import Any

from django.template import Context, Library, Node
from django.template.base import FilterExpression, Parser, Token
from django.templatetags import i18n
from django.utils.translation import get_language

register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Said(Node):
    """A ``{% translate %}`` of constant text."""

    child_nodelists = ()

    def __init__(self, node: i18n.TranslateNode) -> None:
        self.name, node.asvar = node.asvar, None
        self.node = node
        self.said: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        said = self.said.get(language)
        if said is None:
            said = self.said[language] = self.node.render(context)
        if self.name is None:
            return said
        context[self.name] = said
        return ""


def is_constant(expression: FilterExpression | None) -> bool:
    """Whether an expression is text in quotes and nothing else."""
    if expression is None:
        return True
    return not expression.filters and getattr(expression.var, "lookups", None) is None


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    """``{% translate "Sign in" %}``: as Django's."""
    node = i18n.do_translate(parser, token)
    return Said(node) if is_constant(node.filter_expression) and is_constant(node.message_context) else node


@register.tag("blocktranslate")
@register.tag("blocktrans")
def blocktranslate(parser: Parser, token: Token) -> Node:
    """``{% blocktranslate %}…{% endblocktranslate %}``: as Django's, its sentences put together only once."""
    node = i18n.do_block_translate(parser, token)
    sentences = {id(tokens): node.render_token_list(tokens) for tokens in (node.singular, node.plural or [])}

    def render_token_list(tokens: Any) -> tuple[str, list[str]]:
        sentence, names = sentences[id(tokens)]
        return sentence, list(names)

    node.render_token_list = render_token_list
    return node
