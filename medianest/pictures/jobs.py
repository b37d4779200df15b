"""What the pictures do by themselves."""

from collections.abc import Sequence
from datetime import time

from medianest.core.jobs import Job
from medianest.pictures.service import Pictures


def jobs(pictures: Pictures) -> Sequence[Job]:
    return [Job(name="tidy_pictures", daily_at=time(4, 20), run=pictures.tidy)]
