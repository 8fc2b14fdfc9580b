"""Every kind of page, looked at by axe and at phone width, in a language of each direction."""

import pytest
from axe_playwright_python.sync_playwright import Axe

PAGES = {
    "": (
        "/",
        "/organizations/?q=education",
        "/organizations/facets/?q=education",
        "/organizations/1/",
        "/organizations/1/alike/",
        "/coverage/",
        "/coverage/?area=ETH",
        "/themes/",
        "/themes/education/",
        "/countries/",
        "/countries/UZB/",
        "/agreements/",
        "/register/",
        "/register/?autonomous=no",
        "/register/?autonomous=yes&not_public=yes&not_for_profit=yes&common_interest=yes",
        "/register/form/?office=UZB",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/styleguide/",
        "/nowhere/",
    ),
    "new": ("/register/start/",),
    "administrator.5": (  # whose organization fills in its form
        "/registrations/6/",
        "/registrations/6/check/",
        "/registrations/6/workbook/",
        "/registrations/6/sections/identity/",
        "/registrations/6/sections/legal/",
        "/registrations/6/sections/people/",
        "/registrations/6/sections/mandate/",
        "/registrations/6/sections/places/",
        "/registrations/6/sections/declaration/",
    ),
    "partner": (
        "/my-organization/",
        "/registrations/1/",
        "/registrations/1/sections/reach/",
        "/registrations/1/sections/capacity/",
        "/organizations/1/edit/",
        "/organizations/1/profile/",
        "/organizations/1/members/",
        "/organizations/1/documents/",
        "/organizations/1/documents/new/?kind=certificate",
        "/organizations/1/assessments/",
        "/organizations/1/passport/",
        "/organizations/4/join/",
        "/documents/1/",
        "/documents/1/replace/",
        "/assessments/1/",
        "/assessments/4/rate/",
        "/invitations/5/",
        "/join-requests/3/",
        "/observations/2/",
    ),
    "registration": (
        "/my-work/",
        "/registrations/",
        "/registrations/2/",
        "/registrations/2/questions/",
        "/registrations/2/send_back/",
        "/registrations/1/suspend/",
        "/register/start/?q=tashkent",
        "/organizations/1/observe/",
        "/organizations/4/assessments/new/",
        "/observations/",
        "/observations/2/",
        "/observations/2/escalate/",
        "/assessments/",
        "/assessments/6/",
        "/assessments/6/rate/",
        "/plan-actions/",
        "/plan-actions/1/",
        "/organizations/4/plan/new/",
        "/twins/",
        "/twins/3/",
        "/merges/1/",
    ),
    "programme": ("/agreements/1/", "/agreements/new/?organization=1"),
    "hq": (
        "/registrations/30/",
        "/registrations/30/requests/",
        "/registrations/26/decisions/",
        "/imports/",
        "/imports/new/",
        "/observations/4/",
        "/sanctions/",
        "/sanctions/lists/",
        "/sanctions/1/",
        "/sanctions/2/clear/",
        "/merges/",
        "/merges/new/?first=6&second=7",
        "/merges/1/undo/",
    ),
    "head": ("/me/", "/me/tokens/"),
}

# From right to left, one page of each layout: what axe reads beside the direction is the same in every language.
FROM_RIGHT_TO_LEFT = {
    "/",
    "/coverage/",
    "/organizations/?q=education",
    "/organizations/1/",
    "/register/",
    "/register/form/?office=UZB",
    "/accounts/login/",
    "/styleguide/",
    "/my-work/",
    "/registrations/2/",
    "/registrations/6/",
    "/registrations/6/check/",
    "/registrations/6/sections/people/",
    "/registrations/6/sections/legal/",
    "/organizations/1/documents/",
    "/organizations/1/assessments/",
    "/organizations/1/passport/",
    "/assessments/4/rate/",
    "/observations/2/",
    "/merges/1/",
    "/sanctions/2/clear/",
    "/agreements/1/",
    "/my-organization/",
    "/imports/new/",
    "/me/",
}


LOOKED_AT = [
    *(("en", who, paths) for who, paths in PAGES.items()),
    *(("ar", who, mirrored) for who, paths in PAGES.items() if (mirrored := FROM_RIGHT_TO_LEFT.intersection(paths))),
]


@pytest.mark.parametrize(
    ("locale", "who", "paths"), LOOKED_AT, ids=[f"{locale}-{who}" for locale, who, _p in LOOKED_AT]
)
def test_pages_are_accessible_keep_to_the_policy_and_fit_a_phone(visit, locale, who, paths):
    """axe finds nothing, the console is silent (CSP included), and no page is wider than a phone."""
    page = visit("/", who, locale=locale)
    found = {path: problems for path in paths if (problems := look_at(page, path))}
    assert found == {}
    assert page.evaluate("document.documentElement.dir") == ("rtl" if locale == "ar" else "ltr")


def test_shared_passport_is_accessible_to_whoever_holds_the_link(visit):
    page = visit("/organizations/1/passport/", "partner")
    page.get_by_role("textbox").first.fill("the foundation that asked")
    page.get_by_role("button", name="Make a link").click()
    address = page.locator("code", has_text="/passports/").inner_text()
    for locale in ("en", "ar"):
        assert look_at(visit("/", locale=locale), address) == {}


def look_at(page, path):
    """What is wrong with the page ``path``: the answer, what the console says, what axe finds, what is too wide."""
    page.set_viewport_size({"width": 1280, "height": 900})
    status = page.goto(path).status
    # axe itself trips the style policy, so the console is read before it runs. A missing page is said there too.
    said = [problem for problem in page.problems if "404" not in problem]
    page.set_viewport_size({"width": 360, "height": 740})
    too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    problems = {
        "answer": status if status != (404 if path == "/nowhere/" else 200) else None,
        "console": said,
        "axe": [f"{rule['id']}: {rule['nodes'][0]['html'][:120]}" for rule in violations(page)],
        "wider by": max(too_wide, 0),
    }
    page.problems.clear()
    return {name: problem for name, problem in problems.items() if problem}


def violations(page):
    return Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
