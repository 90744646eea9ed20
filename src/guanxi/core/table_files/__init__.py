"""Tables that people bring as files: CSV of any make, workbooks, and the rows of them that cannot be taken."""
