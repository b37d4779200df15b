"""What people's plans leave them: quotas, what was used of them, and the bytes that come while downloads run."""
