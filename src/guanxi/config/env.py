"""Settings come from the environment; each is declared here once, and docs/settings.md is checked against this list."""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    name: str
    default: str
    help: str

    def text(self) -> str:
        return os.environ.get(self.name, self.default)

    def number(self) -> int:
        try:
            return int(self.text())
        except ValueError:
            raise ValueError(f"{self.name} must be a whole number (it is {self.text()!r})") from None

    def yes(self) -> bool:
        return self.text().strip().lower() in {"1", "true", "yes", "on"}

    def words(self) -> list[str]:
        return [word.strip() for word in self.text().split(",") if word.strip()]


SETTINGS: dict[str, Setting] = {}


def declare(name: str, default: str, help: str) -> Setting:
    SETTINGS[name] = Setting(name, default, help)
    return SETTINGS[name]


HOME = declare("GUANXI_HOME", "var", "Folder that holds all state: database, keys, uploads, warehouse, outbox.")
DATABASE_URL = declare("DATABASE_URL", "", "PostgreSQL 15 or newer; empty runs one of our own under GUANXI_HOME.")
HOST = declare("GUANXI_HOST", "127.0.0.1", "Address the web server listens on.")
PORT = declare("GUANXI_PORT", "8000", "Port the web server listens on.")
BASE_URL = declare("GUANXI_BASE_URL", "", "Public address of this installation, used in links in messages.")
ALLOWED_HOSTS = declare("GUANXI_ALLOWED_HOSTS", "", "Further host names to answer to, separated by commas.")
DEBUG = declare("GUANXI_DEBUG", "no", "Show errors in full and reload templates. For developers only.")
SECRET_KEY = declare("GUANXI_SECRET_KEY", "", "Signs sessions; empty keeps one under GUANXI_HOME/secrets.")
DATA_KEYS = declare(
    "GUANXI_DATA_KEYS", "", "Keyring for personal data as JSON; empty keeps one under GUANXI_HOME/secrets."
)
WEB_WORKERS = declare("GUANXI_WEB_WORKERS", "1", "Web server processes.")
WEB_THREADS = declare("GUANXI_WEB_THREADS", "4", "Threads in each web server process.")
TIME_ZONE = declare("GUANXI_TIME_ZONE", "Asia/Shanghai", "The merchant's time zone.")
LANGUAGE = declare(
    "GUANXI_LANGUAGE", "en", "The merchant's language, where nobody's own is known: `en`, `zh-hans` or `zh-hant`."
)
CURRENCY = declare("GUANXI_CURRENCY", "CNY", "The merchant's currency, in which reports are read.")
WAREHOUSE_ENGINE = declare("GUANXI_WAREHOUSE_ENGINE", "duckdb", "`duckdb`, or `spark` with the extra `spark`.")
WAREHOUSE_MEMORY = declare("GUANXI_WAREHOUSE_MEMORY", "1GB", "Most memory one DuckDB process may take.")
WAREHOUSE_THREADS = declare("GUANXI_WAREHOUSE_THREADS", "0", "Threads of one DuckDB process; 0 for one per core.")
SPARK_MASTER = declare("GUANXI_SPARK_MASTER", "local[2]", "Spark master when the engine is `spark`.")
SPARK_CONFIG = declare(
    "GUANXI_SPARK_CONFIG",
    "",
    "More Spark properties as `name=value`, separated by commas, for example memory.",
)
SMTP_URL = declare(
    "GUANXI_SMTP_URL", "", "smtp://user:password@host:port (smtps:// for TLS); empty keeps mail in the local outbox."
)
EMAIL_FROM = declare("GUANXI_EMAIL_FROM", "Guanxi <shop@localhost>", "Sender of messages.")
EMAIL_RATE = declare("GUANXI_EMAIL_RATE", "0", "Most e-mails handed over per second; 0 for no limit.")
EMAIL_CONNECTIONS = declare("GUANXI_EMAIL_CONNECTIONS", "4", "SMTP connections used at once.")
OUTBOX_DAYS = declare("GUANXI_OUTBOX_DAYS", "30", "Days that messages stay in the local outbox; 0 keeps them.")
