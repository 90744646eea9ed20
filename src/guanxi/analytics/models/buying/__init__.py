"""Buy-till-you-die models: how many orders are still to come from each customer, and what they will be worth.

`histories` holds what the models read, grouped; `beta_geometric` and `pareto` are the models of buying, `fitting` fits
them and chooses; `spend` is the model of money; `lifetime` joins the two; `calibration` holds them against weeks they
have not seen.
"""
