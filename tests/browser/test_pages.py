"""Every kind of page, looked at by axe and at phone width, in a language of each direction."""

import pytest
from axe_playwright_python.sync_playwright import Axe

PAGES = [
    ("", "/"),
    ("", "/organizations/?q=education"),
    ("", "/organizations/1/"),
    ("", "/themes/"),
    ("", "/themes/education/"),
    ("", "/countries/"),
    ("", "/countries/UZB/"),
    ("", "/agreements/"),
    ("", "/register/"),
    ("", "/accounts/login/"),
    ("", "/accounts/signup/"),
    ("", "/accounts/password/reset/"),
    ("", "/styleguide/"),
    ("", "/nowhere/"),
    ("registration", "/my-work/"),
    ("registration", "/registrations/"),
    ("registration", "/registrations/2/"),
    ("registration", "/registrations/2/questions/"),
    ("registration", "/registrations/2/send_back/"),
    ("programme", "/agreements/1/"),
    ("programme", "/agreements/new/?organization=1"),
    ("partner", "/my-organization/"),
    ("partner", "/organizations/1/members/"),
    ("new", "/register/"),
    ("hq", "/imports/"),
    ("hq", "/imports/new/"),
    ("hq", "/twins/"),
    ("head", "/me/"),
    ("head", "/me/tokens/"),
]

# From right to left, one page of each layout: what axe reads beside the direction is the same in every language.
FROM_RIGHT_TO_LEFT = {
    "/",
    "/organizations/?q=education",
    "/organizations/1/",
    "/register/",
    "/accounts/login/",
    "/styleguide/",
    "/my-work/",
    "/registrations/2/",
    "/agreements/1/",
    "/my-organization/",
    "/imports/new/",
    "/me/",
}


@pytest.mark.parametrize("who", sorted({who for who, _path in PAGES}))
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_pages_are_accessible_keep_to_the_policy_and_fit_a_phone(visit, who, locale):
    """axe finds nothing, the console is silent (CSP included), and no page is wider than a phone."""
    page = visit("/", who, locale=locale)
    found = {}
    for path in [path for owner, path in PAGES if owner == who and (locale == "en" or path in FROM_RIGHT_TO_LEFT)]:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(path)
        # axe itself trips the style policy, so the console is read before it runs. A missing page is said there too.
        said = [problem for problem in page.problems if "404" not in problem]
        page.set_viewport_size({"width": 360, "height": 740})
        too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        violations = [
            f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in Axe().run(page).response["violations"]
        ]
        page.problems.clear()
        if said or violations or too_wide > 0:
            found[path] = {"console": said, "axe": violations, "wider by": too_wide}
    assert found == {}
    assert page.evaluate("document.documentElement.dir") == ("rtl" if locale == "ar" else "ltr")
