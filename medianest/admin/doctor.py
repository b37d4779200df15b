"""The doctor: looks at everything that MediaNest stands on, and says what is wrong and how to mend it."""

import asyncio
from collections.abc import Sequence

from medianest.admin import doctor_paths, doctor_surroundings, doctor_versions
from medianest.admin.types import Fact, Programs
from medianest.core.config import Settings


async def examine(settings: Settings, programs: Programs) -> Sequence[Fact]:
    """All facts, in the order in which they are shown. Takes some seconds at most, and changes nothing."""
    paths, versions, surroundings = await asyncio.gather(
        asyncio.to_thread(doctor_paths.examine, settings),
        doctor_versions.examine(programs),
        doctor_surroundings.examine(settings),
    )
    return [*paths, *versions, *surroundings]
