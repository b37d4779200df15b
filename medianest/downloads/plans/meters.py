"""What running downloads receive, and how much of it their owners' plans still leave; pure counting."""

from dataclasses import dataclass


@dataclass(slots=True, kw_only=True, eq=False)
class Budget:
    """How many bytes all running downloads of one person may still receive together; None is as many as come."""

    left: int | None = None


@dataclass(slots=True, kw_only=True, eq=False)
class Meter:
    """What one run received; `written` of it is in the database, in the entry `entry`."""

    download_id: str
    owner_id: str
    budget: Budget
    received: int = 0
    written: int = 0
    entry: int | None = None

    @property
    def left(self) -> int | None:
        return self.budget.left

    @property
    def unwritten(self) -> int:
        return self.received - self.written

    def receive(self, size: int) -> None:
        self.received += size
        if self.budget.left is not None:
            self.budget.left -= size
