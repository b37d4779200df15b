"""How often what is costly may be asked for, over both faces together; a program's token has a pace of its own."""

from datetime import timedelta

from medianest.core.buckets import Rate
from medianest.http.limits import Limited

LOOKING = Limited("previews", Rate(burst=120, every=timedelta(seconds=1)))
QUEUING = Limited("queuing", Rate(burst=1000, every=timedelta(seconds=1)))
ASKING = Limited("requests", Rate(burst=120, every=timedelta(seconds=1)))
BACKING_UP = Limited("backups", Rate(burst=20, every=timedelta(seconds=30)))
UPDATING = Limited("updates", Rate(burst=20, every=timedelta(seconds=30)))
INVITED = Limited("invitations", Rate(burst=30, every=timedelta(seconds=10)))
BY_LINK = Limited("links", Rate(burst=30, every=timedelta(seconds=10)))
TO_PLEX = Limited("journeys to Plex", Rate(burst=30, every=timedelta(seconds=20)))
SEARCHING = Limited("searches", Rate(burst=240, every=timedelta(seconds=0.5)))
REPORTING = Limited("reports", Rate(burst=20, every=timedelta(seconds=30)))
EXPORTING = Limited("exports", Rate(burst=6, every=timedelta(minutes=1)))
TRYING_OUT = Limited("trials", Rate(burst=20, every=timedelta(seconds=30)))
SENDING_AGAIN = Limited("resending", Rate(burst=60, every=timedelta(seconds=10)))
