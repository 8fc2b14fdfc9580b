"""The registration form as a workbook: filled in without a connection, and read back cell by cell.

A sheet for each section. The first column of each line is hidden and says which field the line asks for, so that lines
may be moved and other languages read; the last sheet, hidden too, says whose form it is and which version of each
section the workbook was made from.
"""

from organizations.workbook.read import Answered, Sent, read_workbook
from organizations.workbook.take import Fault, Taken, take_in
from organizations.workbook.write import FORMAT, write_workbook

__all__ = ["FORMAT", "Answered", "Fault", "Sent", "Taken", "read_workbook", "take_in", "write_workbook"]
