"""What models need of the machine beyond Python, for `guanxi doctor`."""

from guanxi.analytics.models.leaning import trees
from guanxi.analytics.models.wanting import factors
from guanxi.core.doctor import Finding, check

MEND = "install the library libgomp1 (Debian: apt install libgomp1); until then the models do without"


@check
def libraries_of_models() -> Finding:
    there = {"implicit": factors.available(), "lightgbm": trees.available()}
    missing = [name for name, loads in there.items() if not loads]
    return Finding("Libraries of models", not missing, ", ".join(missing) or "all there", MEND)
