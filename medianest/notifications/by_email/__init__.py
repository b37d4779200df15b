"""Telling by letter: SMTP, to addresses whose owners said that they are theirs."""
