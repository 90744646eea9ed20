"""A campaign from launch to the last message handed to a local mail server, against bare smtplib.

``python -m bench.campaign_send [--customers 10000] [--connections 4]``, on the database
that GUANXI_HOME or DATABASE_URL names, which gets the customers: both sides of the ratio use the same sink
process. Ours includes asking for consent and suppression, queueing, decrypting, filling in, assembling and writing
every outcome; smtplib sends ready bytes of the same length over one connection.
"""

import smtplib
import subprocess
import sys
import time
from pathlib import Path

from bench.harness import begin, django_ready, finish, report

FOLDER = Path(__file__).resolve().parent

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "雨晴子涵梓萱欣怡诗琪浩宇俊杰思远明轩佳宁若曦"
BATCH = 5000


def start_sink() -> tuple[subprocess.Popen[str], int]:
    sink = subprocess.Popen([sys.executable, FOLDER / "smtp_sink.py"], stdout=subprocess.PIPE, text=True)
    assert sink.stdout
    return sink, int(sink.stdout.readline())


def accepted(port: int) -> int:
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        return int(smtp.docmd("XCOUNT")[1])


def make_customers(wanted: int) -> list[int]:
    """Invented people who said yes to e-mail; made once per database."""
    from django.utils import timezone

    from guanxi.customers import services
    from guanxi.customers.types import (
        Channel,
        IdentifierKind,
        IncomingConsent,
        IncomingIdentifier,
        IncomingProfile,
        Purpose,
    )

    now = timezone.now()
    found: list[int] = []
    for start in range(0, wanted, BATCH):
        people = [
            IncomingProfile(
                identifiers=[IncomingIdentifier(IdentifierKind.EMAIL, f"buyer{number}@mail{number % 90}.example.com")],
                name=SURNAMES[number % 20] + GIVEN[number % 19] + GIVEN[number % 17],
                region="浙江",
                language="zh-Hans",
                consents=[IncomingConsent(Channel.EMAIL, Purpose.MARKETING, True, now)],
            )
            for number in range(start, min(wanted, start + BATCH))
        ]
        result = services.resolve(people, shop_id=0, source="bench", country="CN", now=now)
        found += [r.customer_id for r in result.resolutions if r.customer_id is not None]
    return found


def ours(customers: list[int], port: int, connections: int) -> tuple[float, dict[str, float]]:
    """Messages a second from launch to the last one taken, and the seconds of the steps."""
    from django.conf import settings
    from django.utils import timezone

    from guanxi.messaging import authoring, services
    from guanxi.messaging.sender.running import send_due
    from guanxi.messaging.templating.starters import STARTERS
    from guanxi.messaging.types import OutgoingMessage

    settings.SMTP_URL, settings.EMAIL_CONNECTIONS, settings.EMAIL_RATE = f"smtp://127.0.0.1:{port}", connections, 0
    version = authoring.save(STARTERS["offer"].draft("zh-hans"), name="bench", actor=None, now=timezone.now())
    send_due(clock=timezone.now)  # what an earlier run left
    launch = time.perf_counter()
    source = int(time.time() * 1000)
    for start in range(0, len(customers), BATCH):
        services.queue_messages(
            [
                OutgoingMessage(
                    customer_id=customer,
                    channel="email",
                    purpose="marketing",
                    template_version_id=version.pk,
                    idempotency_key=f"bench:{source}:{customer}",
                    source_kind="campaign",
                    source_id=source,
                )
                for customer in customers[start : start + BATCH]
            ],
            timezone.now(),
        )
    queued = time.perf_counter()
    report = send_due(clock=timezone.now)
    done = time.perf_counter()
    assert report.sent == len(customers), report
    return len(customers) / (done - launch), {"queue": queued - launch, "send": done - queued}


def ready_bytes(customer: int) -> bytes:
    """One message as ours sends it."""
    from django.utils import timezone

    from guanxi.messaging import authoring, delivery
    from guanxi.messaging.channels import CHANNELS
    from guanxi.messaging.models import TemplateVersion
    from guanxi.messaging.templating.filling import Tracking, fill, parsed

    version = parsed(TemplateVersion.objects.order_by("-id")[0])
    card = authoring.card_of(customer)
    assert card
    filled = fill(version, card, message_id=1, sender=authoring.sender(), tracking=Tracking(opens=True, clicks=True))
    options = delivery.load()
    email = CHANNELS.get("email")
    return email.compose(
        filled, address=card.address, message_id=1, marketing=True, options=options, now=timezone.now()
    ).content


def bare_smtplib(content: bytes, count: int, port: int) -> float:
    """Messages a second of ready bytes over one connection."""
    begun = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for number in range(count):
            smtp.sendmail("shop@example.com", [f"buyer{number}@example.com"], content)
    return count / (time.perf_counter() - begun)


def main() -> None:
    options = begin(__doc__, customers=10_000, connections=4)
    django_ready()
    sink, port = start_sink()
    try:
        customers = make_customers(options.customers)
        rate, steps = ours(customers, port, options.connections)
        taken = accepted(port)
        assert taken == len(customers), f"the sink took {taken} of {len(customers)}"
        content = ready_bytes(customers[0])
        bare = bare_smtplib(content, min(5000, len(customers)), port)
    finally:
        sink.terminate()
        sink.wait()
    print(f"{len(customers):,} messages of {len(content):,} bytes over {options.connections} connections")
    print(f"queued in {steps['queue']:.2f} s, sent in {steps['send']:.2f} s")
    report("bare smtplib, ready bytes, one connection", bare, "messages/s")
    goal = "1,000/s and 1.00 of smtplib"
    met = rate >= 1000 and rate >= bare
    report("campaign, launch to last message", rate, "messages/s", baseline=bare, of="smtplib", goal=goal, met=met)
    finish(options)


if __name__ == "__main__":
    main()
