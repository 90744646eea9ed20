"""Who leans towards a category: the chance that a customer buys from it soon.

`features` makes what may be known on a day from the purchases before it, `plain` and `trees` learn from it, and
`ranking_quality` holds what they say against what came.
"""
