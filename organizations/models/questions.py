"""What an office has to answer before it verifies an organization, and its answers (R-04)."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class VerificationQuestion(models.Model):
    """A question the office answers before it verifies (domain §3). Rows, so that administrators can add to them."""

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    text = models.CharField(_("question"), max_length=300)
    texts = models.JSONField(_("question in other languages"), default=dict, blank=True)
    expected = models.CharField(_("answer that allows verification"), max_length=3, choices=Answer, default=Answer.YES)
    needs_comment = models.BooleanField(_("wants a comment"), default=False)
    needs_evidence = models.BooleanField(
        _("wants evidence"), default=False, help_text=_("A reference or a link that somebody else can look up.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("verification question")
        verbose_name_plural = _("verification questions")
        ordering = ["order", "pk"]

    def __str__(self):
        return self.text

    @property
    def label(self):
        return self.texts.get(get_language(), self.text)


class VerificationAnswer(models.Model):
    """The office's answer to one question about one registration, with a comment."""

    registration = models.ForeignKey("organizations.Registration", models.CASCADE, related_name="answers")
    question = models.ForeignKey(VerificationQuestion, models.PROTECT, related_name="answers")
    answer = models.CharField(_("answer"), max_length=3, choices=VerificationQuestion.Answer)
    comment = models.TextField(_("comment"), blank=True)
    evidence = models.TextField(
        _("evidence"), max_length=2000, blank=True, help_text=_("A reference or a link that somebody can look up.")
    )
    document = models.ForeignKey(
        "organizations.Document",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("document that shows it"),
    )
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("verification answer")
        verbose_name_plural = _("verification answers")
        constraints = [models.UniqueConstraint(fields=["registration", "question"], name="answer_once")]

    def __str__(self):
        return f"{self.question}: {self.get_answer_display()}"

    @property
    def stands_against(self) -> bool:
        """Whether it is not the answer that allows verification (R-04)."""
        return self.answer != self.question.expected

    @property
    def is_bare(self) -> bool:
        """Whether the question wants a comment or evidence that is not there (R-04)."""
        wants, is_shown = self.question, bool(self.evidence or self.document_id)
        return (wants.needs_comment and not self.comment) or (wants.needs_evidence and not is_shown)

    @property
    def paper(self) -> str:
        """The key of its document, as a form sends it."""
        return str(self.document_id or "")

    def clean(self):
        if self.document and self.document.organization_id != self.registration.organization_id:
            raise ValidationError({"document": _("Choose a document of this organization.")})
