"""The index of the directory: under which headings and words an organization is found, in the order of the results.

Plain tables that are derived from the records and can be written anew at any time; ``organizations.search`` writes and
reads them. Each row carries what a result is ordered and chosen by, so that a page reads the rows it shows and no more.
"""

from django.db import models

from organizations.models.organization import Organization

NAME_LENGTH = 48  # letters of the folded name by which results are ordered
WORD_LENGTH = 60


class Heading(models.Model):
    """Something that organizations are listed under, as a code: "theme:education", "place:ETH", "type:ngo".

    A theme and a place in one code have to meet in one presence: "theme:education place:ETH". The counts are as of
    ``counted_at``; see :func:`organizations.search.count_headings`.
    """

    code = models.CharField(max_length=110, unique=True)
    family = models.CharField(max_length=20)
    public_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    partner_count = models.PositiveIntegerField(default=0)  # of the total, the civil society organizations
    counted_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["family", "code"], name="heading_by_family")]

    def __str__(self):
        return self.code


class Word(models.Model):
    """A folded word that stands in the names or the mission of some organization, with how many use it."""

    text = models.CharField(max_length=WORD_LENGTH, unique=True)
    public_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)

    def __str__(self):
        return self.text


class WordSlip(models.Model):
    """A word with one letter left out: two words that differ by one slip share one of these."""

    pk = models.CompositePrimaryKey("slip", "word_id")
    slip = models.CharField(max_length=WORD_LENGTH)
    word = models.ForeignKey(Word, models.CASCADE, related_name="slips", db_index=False)

    def __str__(self):
        return self.slip


class Posting(models.Model):
    """An organization under one heading or word.

    ``name``: its folded name, by which results are ordered; ``public_until``: the last day on which everybody may find
    it here, empty where only UNICEF staff and its own people may.
    """

    name = models.CharField(max_length=NAME_LENGTH)
    public_until = models.DateField(null=True)

    class Meta:
        abstract = True


class Listing(Posting):
    """An organization under a heading, once."""

    pk = models.CompositePrimaryKey("organization_id", "heading_id")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="listings", db_index=False)
    heading = models.ForeignKey(Heading, models.CASCADE, related_name="listings", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["heading", "name", "organization", "public_until"], name="listing_in_order"),
        ]

    def __str__(self):
        return f"{self.heading_id}: {self.name}"


class WordUse(Posting):
    """An organization that uses a word, once, at its best ``rank``: how much the word tells of the whole name."""

    class Rank(models.IntegerChoices):
        WHOLE = 0, "a name or the acronym is this word"
        FIRST = 1, "a name begins with it"
        NAMED = 2, "a name has it"
        MISSION = 3, "the mission has it"

    pk = models.CompositePrimaryKey("organization_id", "word_id")
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="word_uses", db_index=False)
    word = models.ForeignKey(Word, models.CASCADE, related_name="uses", db_index=False)
    rank = models.PositiveSmallIntegerField(choices=Rank)

    class Meta:
        indexes = [
            models.Index(fields=["word", "rank", "name", "organization", "public_until"], name="word_use_in_order"),
        ]

    def __str__(self):
        return f"{self.word_id}: {self.name}"
