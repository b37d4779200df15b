"""The yt-dlp queue: a link in, a finished file out."""
