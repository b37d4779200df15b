"""The HTML face: pages, fragments and live updates for browsers."""
