"""On which paths what goes wrong is told to programs, and on which to people."""

import pytest

from tests.api.portal import Portal

PROGRAMS = ("/api/v1/me", "/api/v1/nothing", "/api/v2/me", "/metrics", "/readyz/x", "/webhooks/nothing")
PEOPLE = ("/", "/queue", "/apiary", "/static/api/x.css", "/api/v1/docs")


async def test_programs_get_problems_and_people_pages(portal: Portal, subtests: pytest.Subtests) -> None:
    nobody = await portal.nobody()
    for path in (*PROGRAMS, *PEOPLE):
        for headers in ({}, {"host": "evil.example"}):
            with subtests.test(path=path, headers=headers):
                answer = await nobody.get(path, headers=headers)
                assert answer.status_code in (400, 401, 404, 421)
                is_problem = answer.headers["content-type"] == "application/problem+json"
                assert (is_problem, answer.text == "a page") == (path in PROGRAMS, path in PEOPLE)
