"""The one clock: aware UTC for what is stored, monotonic seconds for what is measured."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)


def monotonic() -> float:
    return time.monotonic()
