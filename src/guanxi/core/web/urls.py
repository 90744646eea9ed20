from django.urls import path

from guanxi.core.web import (
    api_tokens,
    audit_log,
    jobs,
    merchant,
    palette,
    profile,
    roles,
    switches,
    users,
)

app_name = "core"
urlpatterns = [
    path("search/", palette.search, name="search"),
    path("language/", switches.language, name="language"),
    path("theme/", switches.theme, name="theme"),
    path("profile/", profile.profile, name="profile"),
    path("merchant/", merchant.merchant, name="merchant"),
    path("merchant/rates/", merchant.rate_set, name="rate_set"),
    path("merchant/rates/<slug:code>/delete/", merchant.rate_delete, name="rate_delete"),
    path("users/", users.users, name="users"),
    path("users/new/", users.user_create, name="user_create"),
    path("users/<int:user_id>/", users.user_edit, name="user"),
    path("users/<int:user_id>/password/", users.user_password, name="user_password"),
    path("users/<int:user_id>/second-step/", users.user_second_step, name="user_second_step"),
    path("roles/", roles.roles, name="roles"),
    path("roles/new/", roles.role_create, name="role_create"),
    path("roles/<int:role_id>/delete/", roles.role_delete, name="role_delete"),
    path("audit/", audit_log.audit_log, name="audit"),
    path("jobs/", jobs.job_list, name="jobs"),
    path("jobs/<int:job_id>/", jobs.job_page, name="job"),
    path("jobs/<int:job_id>/progress/", jobs.job_progress, name="job_progress"),
    path("jobs/<int:job_id>/cancel/", jobs.job_cancel, name="job_cancel"),
    path("jobs/<int:job_id>/retry/", jobs.job_retry, name="job_retry"),
    path("tokens/", api_tokens.api_tokens, name="tokens"),
    path("tokens/<int:token_id>/revoke/", api_tokens.token_revoke, name="token_revoke"),
]
