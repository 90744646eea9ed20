from django.urls import path

from guanxi.marketing.web import coupons, editing, listing, running

app_name = "marketing"
urlpatterns = [
    path("", listing.campaigns, name="campaigns"),
    path("new/", editing.new, name="new"),
    path("coupons/<int:coupon_id>/give/", coupons.give, name="give_coupon"),
    path("<int:campaign_id>/", running.campaign, name="campaign"),
    path("<int:campaign_id>/edit/", editing.edit, name="edit"),
    path("<int:campaign_id>/delete/", editing.delete, name="delete"),
    path("<int:campaign_id>/review/", running.review, name="review"),
    path("<int:campaign_id>/launch/", running.launch, name="launch"),
    path("<int:campaign_id>/schedule/", running.schedule, name="schedule"),
    path("<int:campaign_id>/unschedule/", running.unschedule, name="unschedule"),
    path("<int:campaign_id>/pause/", running.pause, name="pause"),
    path("<int:campaign_id>/resume/", running.resume, name="resume"),
    path("<int:campaign_id>/cancel/", running.cancel, name="cancel"),
    path("<int:campaign_id>/costs/", running.add_cost, name="add_cost"),
]
