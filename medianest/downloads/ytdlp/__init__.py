"""yt-dlp kept fresh: copies beside the one that MediaNest came with, tried out, switched to, and back."""
