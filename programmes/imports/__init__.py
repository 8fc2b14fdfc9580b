"""What comes in from files: the portal's own reference data, and the tables of others."""
