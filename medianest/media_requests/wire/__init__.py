"""From the server's JSON to our types, whatever is missing, new or wrong in it.

A row that cannot be read is left out; a number that a newer server adds to an enumeration is unknown. What is no
answer of such a server at all raises ValueError.
"""
