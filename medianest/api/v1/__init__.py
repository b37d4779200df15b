"""Version 1 of the JSON face: what is promised here may grow, never change."""
