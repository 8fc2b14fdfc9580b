"""The Ugandan register and the ECOSOC list, all of them: every row is accounted for, and a second run makes nothing."""

import csv

import pytest

from organizations.imports.register import commit_register, plan_register
from organizations.models import Organization
from tests.factories.programmes import CountryFactory

pytestmark = pytest.mark.django_db

UGANDA = "uganda-ngo-register-2024/uganda_ngo_bureau_register.csv"
ECOSOC = "ecosoc-ngos-2000-2024/ecosoc_{}.csv"


def companions(folder):
    return {"renames": folder / ECOSOC.format("name_changes"), "mergers": folder / ECOSOC.format("mergers")}


def test_no_row_of_the_ugandan_register_is_lost(real_data):
    CountryFactory(code="UGA")
    plan = plan_register(real_data / UGANDA, "uganda-register")
    taken = sum(len(part.taken) for part in plan.parts)
    assert (plan.parts[0].table.length, taken, len(plan.rejects)) == (5021, 5021, 0)
    assert (plan.made, len(plan.new)) == (4890, 4890)
    kinds = {entry.kind for entry in plan.new}
    assert kinds == {"national_ngo", "international_ngo", "cso"}
    assert plan.warnings.totals() == {"name_cut": 318, "number_taken": 12, "odd_number": 37, "swapped_numbers": 249}


def test_no_row_of_the_ecosoc_list_is_lost_and_every_change_of_name_is_linked(real_data):
    plan = plan_register(real_data / ECOSOC.format("status_granted"), "ecosoc", companions=companions(real_data))
    taken = sum(len(part.taken) for part in plan.parts)
    assert [part.table.length for part in plan.parts] == [6196, 204, 11]
    assert (taken, [reject.reason for reject in plan.rejects]) == (6410, ["no_organization"])
    assert plan.linked == {"rename": 204, "merger": 11}
    assert plan.made == len(plan.new) == 6264


def test_a_second_run_makes_nothing(real_data, tmp_path):
    CountryFactory()
    with (real_data / ECOSOC.format("status_granted")).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[:300]
    part = tmp_path / "granted.csv"
    with part.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    made = [
        commit_register(plan_register(part, "ecosoc", companions=companions(real_data))).figures() for _run in range(2)
    ]
    assert [one["created"] for one in made] == [Organization.objects.count(), 0]
    assert [one["names_added"] for one in made][1] == 0
    renamed = Organization.objects.get(name="Vital Strategies")
    assert [name.name for name in renamed.names.filter(kind="former")] == ["World Lung Foundation"]
