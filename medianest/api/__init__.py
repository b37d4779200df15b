"""The machine face: JSON under /api/v1, with what programs that look after the installation ask."""
