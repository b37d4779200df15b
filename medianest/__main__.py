"""`python -m medianest` is `medianest`."""

import sys

from medianest.cli import main

if __name__ == "__main__":
    sys.exit(main())
