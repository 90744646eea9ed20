"""The words of parties: what a customer is, what it is to us, what two customers are to each other."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Party(models.TextChoices):
    """What a customer is."""

    PERSON = "person", _("Person")
    COMPANY = "company", _("Company")
    HOUSEHOLD = "household", _("Household")


class Role(models.TextChoices):
    """What a customer is to us; one may be several. None said means consumer."""

    CONSUMER = "consumer", _("Consumer")
    BUSINESS_BUYER = "business_buyer", _("Business buyer")
    DISTRIBUTOR = "distributor", _("Distributor")
    RETAILER = "retailer", _("Retailer")
    SUPPLIER = "supplier", _("Supplier")
    PARTNER = "partner", _("Partner")
    INTERNAL = "internal", _("Internal department")


class RelationKind(models.TextChoices):
    """What one customer is to another."""

    CONTACT_OF = "contact_of", _("works at")
    CHILD_OF = "child_of", _("belongs to")
    MEMBER_OF = "member_of", _("lives in")


ENDS: dict[RelationKind, tuple[frozenset[Party], Party]] = {
    RelationKind.CONTACT_OF: (frozenset({Party.PERSON}), Party.COMPANY),
    RelationKind.CHILD_OF: (frozenset({Party.COMPANY}), Party.COMPANY),
    RelationKind.MEMBER_OF: (frozenset({Party.PERSON}), Party.HOUSEHOLD),
}
"""Who may stand in a relation, and to what."""

ROLE_WORDS: dict[str, Role] = {
    word: role
    for role, words in {
        Role.CONSUMER: "consumer|end user|消费者|消費者|终端用户|散客",
        Role.BUSINESS_BUYER: "business buyer|buyer|purchaser|企业客户|企業客戶|采购商|採購商|采购|大客户",
        Role.DISTRIBUTOR: "distributor|dealer|agent|wholesaler|经销商|經銷商|代理商|批发商|分销商|批發商",
        Role.RETAILER: "retailer|shop|store|零售商|门店|門市",
        Role.SUPPLIER: "supplier|vendor|manufacturer|factory|供应商|供應商|厂家|制造商",
        Role.PARTNER: "partner|合作伙伴|合作夥伴|伙伴",
        Role.INTERNAL: "internal|internal department|内部|內部|内部部门",
    }.items()
    for word in [role.value, *words.split("|")]
}
"""Words of files by which a role goes, in lower case."""
