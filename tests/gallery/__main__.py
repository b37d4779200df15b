"""`python -m tests.gallery` shows every page in every state at http://127.0.0.1:8485/."""

from tests.gallery.server import gallery

with gallery(port=8485) as address:
    print(f"The gallery is ready: {address}")
    try:
        input("Enter ends it. ")
    except (EOFError, KeyboardInterrupt):
        print()
