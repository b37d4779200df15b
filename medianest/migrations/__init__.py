"""The history of the tables, as Alembic revisions `NNNN_words.py`; they run in a child, for Alembic is heavy."""
