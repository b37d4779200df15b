"""What somebody brings: a link or several, who may bring it, what it is, before it is queued."""
