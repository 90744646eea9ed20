"""Notes and files on a customer's page."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.core.permissions import actor, requires
from guanxi.customers.notes import queries, services
from guanxi.customers.notes.services import BadNote, NotThere


def shown_to(request: HttpRequest, customer_id: int) -> dict[str, Any]:
    """What the page says of notes and files; nothing to those without the right."""
    user = actor(request)
    if not user.may("customers.notes"):
        return {"notes": None}
    return {
        "notes": queries.notes_of(customer_id),
        "files": queries.files_of(customer_id),
        "of_others": user.may("customers.notes_others"),
        "longest_note": services.LONGEST,
    }


@requires("customers.notes")
@require_POST
def write(request: HttpRequest, customer_id: int) -> HttpResponse:
    try:
        services.write(customer_id, request.POST.get("text", ""), user=actor(request), now=timezone.now())
    except NotThere as error:
        raise Http404(str(error)) from None
    except BadNote as error:
        messages.error(request, str(error))
    return _back(customer_id)


@requires("customers.notes")
@require_POST
def change(request: HttpRequest, customer_id: int, note_id: int) -> HttpResponse:
    """Another text, or with ``delete`` none."""
    user, now = actor(request), timezone.now()
    try:
        if "delete" in request.POST:
            services.delete(customer_id, note_id, user=user, now=now)
            messages.success(request, _("Deleted."))
        else:
            services.change(customer_id, note_id, request.POST.get("text", ""), user=user, now=now)
            messages.success(request, _("Saved."))
    except NotThere as error:
        raise Http404(str(error)) from None
    except BadNote as error:
        messages.error(request, str(error))
    return _back(customer_id)


@requires("customers.notes")
@require_POST
def attach(request: HttpRequest, customer_id: int) -> HttpResponse:
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        messages.error(request, _("Choose a file first."))
        return _back(customer_id)
    content = upload.read(services.LARGEST + 1)  # one byte more tells that it is too large
    try:
        services.attach(customer_id, name=upload.name or "", content=content, user=actor(request), now=timezone.now())
    except NotThere as error:
        raise Http404(str(error)) from None
    except BadNote as error:
        messages.error(request, str(error))
    return _back(customer_id)


@requires("customers.notes")
def download(request: HttpRequest, customer_id: int, file_id: int) -> HttpResponse:
    """The file, never shown by the browser itself. Leaves an audit entry."""
    try:
        found = services.open_file(customer_id, file_id, user=actor(request), now=timezone.now(), request=request)
    except NotThere as error:
        raise Http404(str(error)) from None
    response = HttpResponse(found.content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(True, found.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


@requires("customers.notes")
@require_POST
def remove(request: HttpRequest, customer_id: int, file_id: int) -> HttpResponse:
    try:
        services.remove(customer_id, file_id, user=actor(request), now=timezone.now())
    except NotThere as error:
        raise Http404(str(error)) from None
    messages.success(request, _("Deleted."))
    return _back(customer_id)


def _back(customer_id: int) -> HttpResponse:
    return redirect(reverse("customers:page", args=[customer_id]) + "#notes")
