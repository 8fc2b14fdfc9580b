"""The addresses of records: the same as the table of addresses gives, under whatever prefix."""

from django.test import override_settings
from django.urls import reverse, set_script_prefix

from portal.kit.addresses import record_address

NAME = "organizations:registration-detail"


def test_record_address_is_what_the_table_of_addresses_says():
    assert [record_address(NAME, pk) for pk in (0, 1, 9_000_000_001)] == [
        reverse(NAME, args=[pk]) for pk in (0, 1, 9_000_000_001)
    ]


def test_record_address_follows_the_prefix_of_the_request():
    set_script_prefix("/portal/")
    try:
        assert record_address(NAME, 12) == reverse(NAME, args=[12]) == "/portal/registrations/12/"
    finally:
        set_script_prefix("/")
    assert record_address(NAME, 12) == "/registrations/12/"


@override_settings(ROOT_URLCONF="benchmarks.served")
def test_record_address_follows_the_table_of_addresses():
    assert record_address(NAME, 12) == reverse(NAME, args=[12])
