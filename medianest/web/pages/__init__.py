"""The pages, one module for each area: its view dataclasses and its handlers."""
