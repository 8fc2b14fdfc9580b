"""What the demonstration shows beside the stories, a module for each subject. Each has ``play(stage)``."""

from collections.abc import Callable
from typing import Any

from portal.demo.chapters import (
    assessment,
    desk,
    documents,
    door,
    export,
    merge,
    observation,
    passport,
    sanctions,
    saved,
    twins,
    verification,
)

CHAPTERS: list[Callable[[Any], None]] = [
    documents.play,
    verification.play,
    passport.play,
    assessment.play,
    sanctions.play,
    merge.play,
    observation.play,
    twins.play,
    door.play,
    desk.play,
    saved.play,
    export.play,
]
"""Played in this order, each through the portal's own actions."""
