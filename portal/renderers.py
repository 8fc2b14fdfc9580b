"""How form fields are drawn."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Labels, hints and errors come from the portal's own templates."""

    field_template_name = "components/field.html"
