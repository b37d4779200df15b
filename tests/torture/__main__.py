"""`python -m tests.torture [--update|--outages|--notes] [--rounds N] [--seed S] [--folder DIR]`; 1 on any trouble."""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.torture.notes import NotesTorture
from tests.torture.outages import OutageTorture
from tests.torture.rounds import Torture
from tests.torture.updates import UpdateTorture


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--rounds", type=int, default=None, help="50; 20 with updates, 100 outages or notes")
    parser.add_argument("--seed", type=int, default=None, help="of an earlier run, to have it again")
    parser.add_argument("--folder", type=Path, default=None, help="where the portal lives, and stays to be looked at")
    parser.add_argument("--update", action="store_true", help="an update of yt-dlp in the middle of each round")
    parser.add_argument("--outages", action="store_true", help="Uptime Kuma comes and goes, and nothing is queued")
    parser.add_argument("--notes", action="store_true", help="everybody is told once, and nothing is queued")
    told = parser.parse_args()
    kind, usual = _chosen(told)
    rounds = told.rounds or usual
    seed = random.randrange(10**6) if told.seed is None else told.seed
    if told.folder:
        return _torture(kind, told.folder, rounds, seed)
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        return _torture(kind, Path(folder), rounds, seed)


def _chosen(told: argparse.Namespace) -> tuple[type[Torture | OutageTorture | NotesTorture], int]:
    """What is tortured, and in how many rounds."""
    if told.update:
        return UpdateTorture, 20
    if told.outages:
        return OutageTorture, 100
    return (NotesTorture, 100) if told.notes else (Torture, 50)


def _torture(kind: type[Torture | OutageTorture | NotesTorture], folder: Path, rounds: int, seed: int) -> int:
    began = time.monotonic()
    wrong = 0
    with kind.in_folder(folder, seed) as torture:
        print(f"seed {seed}, {rounds} rounds of {torture.what}", flush=True)
        torture.prepare()
        for number in range(rounds):
            report = torture.round(number)
            wrong += bool(report.troubles)
            print(report, flush=True)
    print(f"{rounds - wrong} of {rounds} rounds went well, in {time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
