"""How long things take: what an office usually needs, its figures month by month, what each side owes the other.

All of it is read from the audit trail, which nothing changes, so figures of the past stay what they were.
"""
