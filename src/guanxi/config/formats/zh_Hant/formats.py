"""Numbers in groups of three, as amounts of money are written here; Django's own Chinese formats do not group them."""

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
