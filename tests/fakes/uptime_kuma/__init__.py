"""Uptime Kuma in miniature, on a real socket, in both of its dialects, true to what was recorded of 1.23.17 and 2.5.3.

    with UptimeKuma(OLD) as kuma:                   # or NEW, as without a word; `kuma.base` is its address
        kuma.beat(2, DOWN, "connect ECONNREFUSED")  # the monitors are those of the recording, see `furnish`
        id = kuma.add("NAS", parent=1); kuma.change(id, name="Nas"); kuma.pause(id); kuma.resume(id); kuma.delete(id)
        kuma.certificate(8, days=3); kuma.maintain("Moving", under_way=True, monitors=[2])
        kuma.grow(100)                              # monitors until there are so many, each with a hundred beats
        kuma.two_steps("JBSWY3DPEHPK3PXP"); kuma.change_password("another"); kuma.open_to_all(); kuma.empty_bucket()
        kuma.kill(); kuma.restart()                 # every connection breaks off; the port is the same
        with kuma.frozen(): ...                     # it stands still, as under SIGSTOP: connected, and silent
        kuma.mute("loginByToken")                   # a call that is never answered
        kuma.play(recording(NEW)["events"])         # what is sent after a login, instead of its own
        kuma.say('42["heartbeat",7]')               # a frame to everybody, whatever it is
        kuma.push_monitors["token"] = 2             # what is pushed to it is in `kuma.pushed`, too
        kuma.faults["/metrics"] = Fault.HUGE        # how a path is answered from now on, until it is deleted
        kuma.calls, kuma.sockets, kuma.asked        # names of the calls, how many are connected, paths of HTTP
        kuma.wait_for(lambda: kuma.sockets == 1)

Its page is `home`; its key for /metrics is `kuma.key`. `kuma.username` and `kuma.password` come in.
"""

from tests.fakes.uptime_kuma.dialects import NEW, OLD, recording
from tests.fakes.uptime_kuma.pages import SLUG, Fault
from tests.fakes.uptime_kuma.server import UptimeKuma
from tests.fakes.uptime_kuma.state import DOWN, MAINTENANCE, PENDING, UP

__all__ = ["DOWN", "MAINTENANCE", "NEW", "OLD", "PENDING", "SLUG", "UP", "Fault", "UptimeKuma", "recording"]
