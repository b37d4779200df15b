"""The line of the queue: whose turn it is, in which order, at which hours, and who stands in it for another."""
