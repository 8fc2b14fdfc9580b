"""The components of the design system, all loaded by ``{% load components %}``.

A component declares its properties as the arguments of a function. A property that it does not declare is an error when
the template is read, a value that it does not know an error when the page is drawn. ``/styleguide/`` shows them all.

==============  ======================================================================================================
``words``       icon, badge, state, tag, foreign, money, number, when, since, due; the filter sentence_case
``boxes``       card, notice, empty, facts, fact, stat, share_bar, progress, saved
``life``        steps, actions, timeline
``forms``       field, fields, error_summary, task_list, task
``lists``       pills, sort_links, pager, table
``frame``       site_nav, account_menu, languages, crumb
==============  ======================================================================================================
"""

from django.template import Library

from portal.templatetags.parts import boxes, forms, frame, life, lists, words

register = Library()
for part in (words, boxes, life, forms, lists, frame):
    register.tags.update(part.register.tags)
    register.filters.update(part.register.filters)
