"""`python -m tests.torture [--update] [--rounds N] [--seed S] [--folder DIR]`; exits 1 if anything was wrong."""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

from tests.torture.rounds import Torture
from tests.torture.updates import UpdateTorture


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--rounds", type=int, default=None, help="50; 20 with updates")
    parser.add_argument("--seed", type=int, default=None, help="of an earlier run, to have it again")
    parser.add_argument("--folder", type=Path, default=None, help="where the portal lives, and stays to be looked at")
    parser.add_argument("--update", action="store_true", help="an update of yt-dlp in the middle of each round")
    told = parser.parse_args()
    kind = UpdateTorture if told.update else Torture
    rounds = told.rounds or (20 if told.update else 50)
    seed = random.randrange(10**6) if told.seed is None else told.seed
    if told.folder:
        return _torture(kind, told.folder, rounds, seed)
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        return _torture(kind, Path(folder), rounds, seed)


def _torture(kind: type[Torture], folder: Path, rounds: int, seed: int) -> int:
    began = time.monotonic()
    wrong = 0
    with kind.in_folder(folder, seed) as torture:
        print(f"seed {seed}, {rounds} rounds of 10 downloads", flush=True)
        torture.prepare()
        for number in range(rounds):
            report = torture.round(number)
            wrong += bool(report.troubles)
            print(report, flush=True)
    print(f"{rounds - wrong} of {rounds} rounds went well, in {time.monotonic() - began:.0f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
