"""The queue under kill -9: ten downloads at once, cut down at a random moment, again and again.

    python -m tests.torture --rounds 50 --seed 7

A round queues ten links, each of its own address, speed and kind; kills the whole tree or the main process alone at a
moment that the seed chose; looks at what lies on the disk; starts the portal again; waits until all are over; and then
asks whether anything acknowledged was lost, fetched twice, written by two, told twice or left behind.
"""
