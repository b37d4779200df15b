"""The portal that tests drive is the real one, and what they see of it is true."""

import pytest

from tests.portal import PortalFailed
from tests.portal.fixtures import NewPortal


def test_settings_that_are_wrong_are_told_at_once(new_portal: NewPortal) -> None:
    portal = new_portal(settings={"server": {"prot": 1}})

    with pytest.raises(PortalFailed, match=r"exit code 2[\s\S]*server\.prot"):
        portal.start()


def test_other_commands_run_on_the_same_installation(new_portal: NewPortal) -> None:
    portal = new_portal(allow=["127.0.0.1:8080"], settings={"log": {"level": "debug"}})

    checked = portal.command("check-config")

    assert (checked.returncode, checked.stderr) == (0, "")
    assert str(portal.config_file) in checked.stdout
