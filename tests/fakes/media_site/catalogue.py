"""The furnished shows: what a household might really paste, for the demo and for tests that want pleasant data."""

from dataclasses import dataclass
from pathlib import Path

ART = Path(__file__).parent / "art"


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """A page with a picture and a clip that pans over it; `seconds` and `megabits` per second are true of the clip."""

    slug: str
    title: str
    uploader: str
    description: str
    date: str
    seconds: int
    megabits: int
    pitch_hz: int

    @property
    def page(self) -> str:
        return f"/shows/{self.slug}"

    @property
    def media(self) -> str:
        return f"show-{self.slug}.mp4"

    @property
    def art(self) -> Path:
        return ART / f"{self.slug}.webp"


def _show(slug: str, title: str, uploader: str, date: str, seconds: int, megabits: int, description: str) -> Show:
    return Show(
        slug=slug,
        title=title,
        uploader=uploader,
        description=description,
        date=date,
        seconds=seconds,
        megabits=megabits,
        pitch_hz=160 + 11 * seconds,
    )


SHOWS = {
    show.slug: show
    for show in (
        _show("harbour", "Harbour at dusk", "Home video", "2026-08-14", 24, 8,
              "Grandpa held the camera for the whole evening. The white boat comes in at the end."),
        _show("rivers", "Slow Rivers: the Ems by canoe", "Slow Rivers", "2026-06-02", 30, 10,
              "From Rheine to Meppen in five days, with one portage and a heron."),
        _show("aurora", "Eleven hours of aurora in eleven minutes", "Slow Rivers", "2026-02-19", 22, 6,
              "One night over Abisko, one picture every six seconds."),
        _show("railway", "Night shift on the model railway", "Nordlicht Modellbahn", "2026-09-30", 20, 8,
              "The layout after closing time, lit only by its own lamps."),
        _show("workbench", "A dovetail box in one evening", "Grandma’s Workbench", "2026-05-11", 18, 8,
              "Two saws, one chisel, no machine. The plan is at the end of the video."),
        _show("greenhouse", "A greenhouse from old windows", "Grandma’s Workbench", "2026-04-26", 16, 12,
              "Nine windows from a demolished school, and what they became."),
        _show("planets", "Why Saturn keeps its rings", "Paper Planets", "2026-10-08", 20, 8,
              "The Roche limit with a salad spinner and four colours of card."),
        _show("physics", "Four colours, one siphon", "Tiny Kitchen Physics", "2026-11-03", 14, 6,
              "What decides when the water stops: four glasses and a hose."),
        _show("bread", "The loaf that needs no kneading", "Sunday Oven", "2026-10-25", 18, 6,
              "Flour, water, salt, eighteen hours of patience."),
        _show("night-trains", "Sleeper to Narvik", "Night Trains", "2026-01-17", 26, 8,
              "Stockholm to the end of the line, through a window."),
        _show("concert", "Midsummer concert, second half", "Kulturscheune Niederfinow", "2026-06-21", 28, 10,
              "The rain held off until the encore."),
        _show("birthday", "Birthday, all takes", "Home video", "2026-07-05", 16, 8,
              "Everybody sings, twice, because the first take had the lens cap on."),
    )
}  # fmt: skip
