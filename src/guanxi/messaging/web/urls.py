from django.urls import path

from guanxi.messaging.web import delivery, messages, outbox, public, suppressions, templates

app_name = "messaging"

urlpatterns = [
    path("", messages.message_list, name="messages"),
    path("uncertain/", messages.uncertain, name="uncertain"),
    path("outbox/", outbox.outbox_list, name="outbox"),
    path("outbox/<int:message_id>/", outbox.outbox_message, name="outbox_message"),
    path("outbox/<int:message_id>/body/", outbox.outbox_body, name="outbox_body"),
    path("templates/", templates.template_list, name="templates"),
    path("templates/new/", templates.starters, name="template_new"),
    path("templates/new/<slug:starter>/<slug:language>/", templates.create, name="template_create"),
    path("templates/<int:template_id>/", templates.edit, name="template"),
    path("templates/<int:template_id>/archive/", templates.archive, name="template_archive"),
    path("templates/preview/", templates.preview, name="template_preview"),
    path("templates/test/", templates.test_send, name="template_test"),
    path("suppressions/", suppressions.suppression_list, name="suppressions"),
    path("suppressions/add/", suppressions.add, name="suppression_add"),
    path("suppressions/<int:suppression_id>/remove/", suppressions.remove, name="suppression_remove"),
    path("delivery/", delivery.settings_page, name="delivery"),
    path("delivery/check/", delivery.check, name="delivery_check"),
    path("o/<str:token>.gif", public.opened, name="opened"),
    path("c/<str:token>/<int:link>", public.clicked, name="clicked"),
    path("u/<str:token>/", public.preferences, name="preferences"),
    path("u/<str:token>/one-click/", public.one_click, name="one_click"),
]
