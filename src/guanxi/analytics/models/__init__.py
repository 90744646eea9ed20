"""Statistical models: plain functions of numbers, without a database, a clock or a web page.

A model takes frozen dataclasses or numpy arrays that a query made from sets, and answers with frozen
dataclasses. It names the source of every formula, is tested against published numbers, and says when the
data are too thin to answer. ``README.md`` tells how to add one.

The room's tables are in ``stored``, which alone needs Django and is not loaded by this package.
"""
