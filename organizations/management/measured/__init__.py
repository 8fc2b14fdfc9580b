"""What ``manage.py measure_search`` measures: names in the search box, and themes among classified charities."""
