"""Who signs in as whom where the portal runs as a demonstration. Nowhere else do these people exist."""

from typing import NamedTuple

PASSWORD = "see-how-it-works"  # noqa: S105 – printed on the sign-in page of the demonstration


class DemoAccount(NamedTuple):
    email: str
    name: str
    role: str
    password: str = PASSWORD


DEMO_ACCOUNTS: list[DemoAccount] = []
