"""The API root; each room adds its router."""

from ninja import NinjaAPI

api = NinjaAPI(title="Guanxi", version="1", urls_namespace="api")
