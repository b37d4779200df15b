"""When and how a round strikes: drawn from a seed, so that a bad round can be had again."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

LINKS = 10


class Moment(StrEnum):
    """What is going on when the blow falls."""

    QUEUEING = "queueing"
    FETCHING = "fetching"
    FINISHING = "finishing"
    STARTING = "starting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blow:
    """`victim` is the link that is watched for the moment, `part` how far it is then (0 to 1).

    A blow while starting is a second one, `delay_s` after the portal was started again upon a first while fetching.
    """

    moment: Moment
    whole_tree: bool
    victim: int
    part: float
    delay_s: float

    @property
    def blows(self) -> int:
        return 2 if self.moment is Moment.STARTING else 1

    def __str__(self) -> str:
        who = "tree" if self.whole_tree else "main"
        how_far = f"{self.delay_s:.2f} s" if self.moment is Moment.STARTING else f"{self.part:4.0%} of {self.victim}"
        return f"{who} while {self.moment:<9} ({how_far})"


def draw(seed: int, number: int) -> Blow:
    """The blow of round `number`: moments take turns, all else is chance."""
    chance = Random(f"{seed} {number}")
    moments = list(Moment)
    return Blow(
        moment=moments[number % len(moments)],
        whole_tree=chance.random() < 0.5,
        victim=chance.randrange(LINKS),
        part=chance.uniform(0.02, 0.98),
        delay_s=chance.uniform(0.2, 2.0),
    )
