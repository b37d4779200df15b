"""Figures of the real program, taken as ratios in one run: python -m bench [NAME ...]."""
