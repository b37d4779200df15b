"""`python -m tests.hostile` gives every hostile string to every field, which takes about a quarter of an hour."""

import os
import sys

import pytest

if __name__ == "__main__":
    os.environ["HOSTILE_STRINGS_EACH"] = "250"
    sys.exit(pytest.main(["tests/test_hostile_input.py", *sys.argv[1:]]))
