"""The child process of a download: the program that runs yt-dlp and ffmpeg behind walls, and all that only it uses."""
