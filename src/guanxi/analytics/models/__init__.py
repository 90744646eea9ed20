"""Statistical models: plain functions of numbers, without a database, a clock or a web page.

A model takes frozen dataclasses or numpy arrays that a query made from sets, and answers with frozen
dataclasses. It names the source of every formula, is tested against published numbers, and says when the
data are too thin to answer. ``README.md`` tells how to add one.

The one exception is ``stored``, the room's tables, which Django looks for here.
"""

from guanxi.analytics.models.stored import CustomerValue, ModelRun, RunState

__all__ = ["CustomerValue", "ModelRun", "RunState"]
