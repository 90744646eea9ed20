"""Shop connectors: one module a platform, listed here and nowhere else."""

from pathlib import Path

from guanxi.commerce.connectors.base import Connector
from guanxi.core.registry import Registry

CONNECTORS: Registry[Connector] = Registry(
    "connector",
    {
        "taobao": "guanxi.commerce.connectors.taobao.Taobao",
        "pinduoduo": "guanxi.commerce.connectors.pinduoduo.Pinduoduo",
        "douyin": "guanxi.commerce.connectors.douyin.Douyin",
        "shopify": "guanxi.commerce.connectors.shopify.Shopify",
        "woocommerce": "guanxi.commerce.connectors.woocommerce.WooCommerce",
        "table": "guanxi.commerce.connectors.table.AnyTable",
    },
)


def recognise(path: Path) -> list[tuple[str, float]]:
    """The connectors that can read this file with their confidence (above 0, up to 1), the surest first."""
    found = [(connector.name, connector.recognises(path)) for connector in CONNECTORS]
    return sorted([pair for pair in found if pair[1] > 0], key=lambda pair: -pair[1])
