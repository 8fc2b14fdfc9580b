"""The partner passport: what an organization says of itself, part by part, with who checked it and until when.

Nothing here is stored: each passport is put together from the records when somebody asks for it, so that a suspension
or a lapse shows at once, whichever link or file it is read through.
"""

from organizations.passport.compose import Check, Fact, Part, Passport, Said, compose

__all__ = ["Check", "Fact", "Part", "Passport", "Said", "compose"]
