"""The API root; each room adds its endpoints."""

from ninja import NinjaAPI

from guanxi.analytics.api import router as results
from guanxi.analytics.models_api import router as models
from guanxi.analytics.persona_api import router as personas
from guanxi.commerce.api import router as orders
from guanxi.commerce.api_splitting import router as splitting
from guanxi.core.api.events import router as events
from guanxi.core.api.problems import handle_problems
from guanxi.core.permissions import SIGNED_IN, requires
from guanxi.customers.api import router as customers
from guanxi.customers.api_fields import router as customer_fields
from guanxi.customers.api_identifiers import router as identifiers
from guanxi.customers.api_merging import router as merges
from guanxi.customers.api_notes import router as notes
from guanxi.customers.api_parties import router as parties
from guanxi.customers.api_people import router as people
from guanxi.loyalty.api import router as loyalty
from guanxi.loyalty.coupons.api import router as coupons
from guanxi.marketing.api import router as campaigns
from guanxi.segments.api import router as segments
from guanxi.visits.api import router as visits

api = NinjaAPI(
    title="Guanxi",
    version="1",
    urls_namespace="api",
    docs_decorator=requires(SIGNED_IN),
    description=(
        "Send a token as `Authorization: Bearer …`; make one under Settings → API tokens. Lists are paged by `cursor`. "
        "Writes take an `Idempotency-Key`: the same request again gets the first answer and does nothing. Errors are "
        "problem details (RFC 9457). Money is in the smallest unit of its currency; times are with their offset."
    ),
)
handle_problems(api)
api.add_router("/customers", customers)
api.add_router("/customers", identifiers)
api.add_router("/customers", splitting)
api.add_router("/customer-fields", customer_fields)
api.add_router("/customers", notes)
api.add_router("/customers", parties)
api.add_router("/people", people)
api.add_router("/merges", merges)
api.add_router("", orders)
api.add_router("/events", events)
api.add_router("/visits", visits)
api.add_router("/segments", segments)
api.add_router("", loyalty)
api.add_router("/coupons", coupons)
api.add_router("/campaigns", campaigns)
api.add_router("/campaigns", results)
api.add_router("/models", models)
api.add_router("/personas", personas)
