"""Tests of the queue: its states, its verbs, its workers."""
