"""The index is what the records say, after everything that people do."""

import pytest

from organizations.models import Heading, Listing, Organization, OrganizationName, WordUse
from organizations.search import count_headings, deferred, reindex, reindex_all
from organizations.search.counts import keep_index
from tests.organizations.search.reference import wanted, written
from tests.organizations.world import make_organization, make_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    make_world()
    return make_organization("Hope", "education@ET0508", "unsafe-abortion@ET02", mission="We teach. We teach")


def test_the_index_holds_every_level_of_a_presence_and_the_best_rank_of_a_word(world):
    codes = dict(Listing.objects.filter(organization=world).values_list("heading__code", "public_until"))
    until = world.registrations.get().valid_until
    assert codes["theme:education place:ET05"] == codes["place:ETH"] == codes["theme:education"] == until
    assert codes["theme:unsafe-abortion place:ETH"] is codes["theme:health"] is codes["theme:health place:ET02"] is None
    words = dict(WordUse.objects.values_list("word__text", "rank"))
    assert words == {"hope": WordUse.Rank.WHOLE, "we": WordUse.Rank.MISSION, "teach": WordUse.Rank.MISSION}


def test_writing_twice_changes_nothing_and_a_change_touches_its_own_rows_alone(world, django_assert_num_queries):
    make_organization("Other", "education@ET0508")
    before = written()
    reindex_all()
    assert written() == before
    Organization.objects.filter(pk=world.pk).update(name="Hope Again")
    reindex([world.pk])
    after = written()
    assert after == wanted()
    assert after[0].keys() == before[0].keys()
    assert [pk for pk in after[0] if after[0][pk] != before[0][pk]] == [world.pk]


def test_a_record_that_was_merged_away_is_in_no_list(world):
    other = make_organization("Other", "health@ET02")
    Organization.objects.filter(pk=other.pk).update(merged_into=world)
    reindex([other.pk])
    assert not Listing.objects.filter(organization=other).exists()
    assert not WordUse.objects.filter(organization=other).exists()


def test_what_is_put_off_is_written_once_at_the_end(world, django_assert_num_queries):
    with deferred():
        OrganizationName.objects.create(organization=world, name="Espoir")
        with django_assert_num_queries(0):
            reindex([world.pk])
            reindex([world.pk])
        assert not WordUse.objects.filter(word__text="espoir").exists()
    assert WordUse.objects.filter(word__text="espoir").exists()


def test_counts_are_those_of_the_listings_and_of_what_everybody_finds(world):
    make_organization("Hidden", "education@ET05", listed=False)
    assert count_headings() > 0
    assert count_headings() == 0
    for heading in Heading.objects.all():
        rows = Listing.objects.filter(heading=heading)
        assert heading.total_count == rows.count(), heading
        assert heading.public_count == rows.exclude(public_until=None).count(), heading


def test_the_worker_builds_the_index_where_there_is_none(world):
    Listing.objects.all().delete()
    Heading.objects.all().delete()
    assert keep_index() > 0
    assert written() == wanted()
    assert keep_index() == 0
