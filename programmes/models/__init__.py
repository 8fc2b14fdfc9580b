from programmes.models.location import Location
from programmes.models.office import CountryOffice, RegionalOffice
from programmes.models.staff import StaffAssignment
from programmes.models.theme import Strategy, ThematicArea

__all__ = ["CountryOffice", "Location", "RegionalOffice", "StaffAssignment", "Strategy", "ThematicArea"]
