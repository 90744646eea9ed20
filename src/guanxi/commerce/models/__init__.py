"""Tables of the commerce room."""

from guanxi.commerce.models.imports import ImportedBatch, OrderImport
from guanxi.commerce.models.order import Order, OrderLine, Payment, Refund, Shipment
from guanxi.commerce.models.shop import Product, Shop

__all__ = ["ImportedBatch", "Order", "OrderImport", "OrderLine", "Payment", "Product", "Refund", "Shipment", "Shop"]
