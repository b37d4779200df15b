"""Pictures from outside, in the size in which they are shown: fetched once, drawn in a child, kept on the disk."""
