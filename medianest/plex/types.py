"""What the Plex feature speaks in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConnection:
    """The household's server as it is to be asked; `token` is its owner's, and goes nowhere else."""

    machine_id: str
    url: str
    token: str
    name: str

    def __repr__(self) -> str:
        return f"ServerConnection(machine_id={self.machine_id!r}, url={self.url!r}, name={self.name!r})"
