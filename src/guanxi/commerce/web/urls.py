"""Addresses under /orders/."""

from django.urls import path

from guanxi.commerce.web import import_check, import_list, import_result, import_upload, orders, products, shops

app_name = "commerce"
urlpatterns = [
    path("", orders.order_list, name="orders"),
    path("<int:order_id>/", orders.order_page, name="order"),
    path("imports/new/", import_upload.upload, name="import"),
    path("imports/", import_list.imports, name="imports"),
    path("imports/<int:import_id>/", import_result.import_page, name="import_result"),
    path("imports/<int:import_id>/progress/", import_result.progress, name="import_progress"),
    path("imports/<int:import_id>/check/", import_check.check, name="import_check"),
    path("imports/<int:import_id>/mapping/", import_check.save_mapping, name="import_mapping"),
    path("imports/<int:import_id>/start/", import_check.start, name="import_start"),
    path("imports/<int:import_id>/cancel/", import_result.cancel, name="import_cancel"),
    path("imports/<int:import_id>/again/", import_result.again, name="import_again"),
    path("imports/<int:import_id>/discard/", import_result.discard, name="import_discard"),
    path("imports/<int:import_id>/rejected/", import_result.rejected, name="import_rejected"),
    path("shops/", shops.shop_list, name="shops"),
    path("shops/new/", shops.shop_new, name="shop_new"),
    path("shops/<int:shop_id>/", shops.shop_edit, name="shop"),
    path("shops/<int:shop_id>/forget-mapping/", shops.forget_mapping, name="shop_forget_mapping"),
    path("products/", products.product_list, name="products"),
]
