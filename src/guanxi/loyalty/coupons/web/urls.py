from django.urls import path

from guanxi.loyalty.coupons.web import editing, listing, pages, result

app_name = "coupons"
urlpatterns = [
    path("", listing.coupons, name="list"),
    path("new/", editing.new, name="new"),
    path("preview/", editing.preview, name="preview"),
    path("<int:coupon_id>/", pages.coupon, name="coupon"),
    path("<int:coupon_id>/edit/", editing.edit, name="edit"),
    path("<int:coupon_id>/codes/", pages.codes, name="codes"),
    path("<int:coupon_id>/codes/make/", pages.make_codes, name="make_codes"),
    path("<int:coupon_id>/codes/export/", pages.export_codes, name="export_codes"),
    path("<int:coupon_id>/uses/", pages.uses, name="uses"),
    path("<int:coupon_id>/results/", result.results, name="results"),
    path("<int:coupon_id>/state/<slug:state>/", pages.set_state, name="set_state"),
]
