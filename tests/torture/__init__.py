"""The queue under kill -9: ten downloads at once, cut down at a random moment, again and again.

    python -m tests.torture --rounds 50 --seed 7

A round queues ten links, each of its own address, speed and kind; kills the whole tree or the main process alone at a
moment that the seed chose; looks at what lies on the disk; starts the portal again; waits until all are over; and then
asks whether anything acknowledged was lost, fetched twice, written by two, told twice or left behind. With `--update`
there is a newer yt-dlp in each round, and the blow falls in the middle of the update: no copy of it may be seen half,
and every download must be fetched with one and the same. With `--outages` it is Uptime Kuma that is killed, or frozen:
each time that must be known within ten seconds, and the board be right as soon after its return.
With `--notes` things happen that somebody is told in the inbox and by webhook: once there, and at least once outside
with one and the same key.
"""
