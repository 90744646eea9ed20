"""What a customer is likely to want next, from who bought what.

`together` counts what is bought by the same customers, `factors` learns tastes, `ranking` picks the best of either and
holds them against purchases they have not seen. All work on one sparse matrix: a row a customer, a column an article.
"""
