"""Whether the homelab's services are up, as Uptime Kuma sees it, and what that means for the household.

`kuma` speaks to Uptime Kuma, live; `polling` reads what it shows without a login; `board`, pure, is what is known.
"""
