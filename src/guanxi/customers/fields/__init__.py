"""Fields of the merchant's own: what they are (definitions), what customers' say (values), and their kinds.

Public: `services` (`define`, `change`, `write` …), `queries` (`definitions`, `values`), `types`.
"""
