from organizations.filters.organization import OrganizationFilter

__all__ = ["OrganizationFilter"]
