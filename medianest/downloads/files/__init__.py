"""Files of downloads: what they are called, where they lie while they are made, where they go, and their logs."""
