"""The shape of `channels:` in alertd.yaml: what each channel needs, and how fast it may be used (DESIGN section 7)."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, field_validator

from alertd.config.strict import Strict
from alertd.config.values import Elapsed, Port, Rate, SecretText, Text, fault, http_url, one_of
from alertd.core.mailbox import mailbox

#: What a Zalo template can be for; `default` stands in for those that are not written.
TEMPLATES = ("soon", "overdue", "notice", "resolved", "drill", "default")


class Console(Strict):
    """Messages on the terminal: for trying out."""


class Webhook(Strict):
    """Signed JSON to any gateway (DESIGN section 7); as fast as it answers, unless `per_second` says otherwise."""

    url: Text = Field(repr=False)
    secret: SecretText | None = None
    timeout: Elapsed = timedelta(seconds=10)
    per_second: Rate | None = None

    @field_validator("url")
    @classmethod
    def _http(cls, value: str) -> str:
        return http_url(value)


class Telegram(Strict):
    """A Telegram bot; `base_url` for a server of one's own, `proxy` where carriers block it.

    `name` is the bot's user name, for links. `answers: false` leaves its updates alone: no buttons, no connecting.
    """

    token: SecretText
    name: Text | None = None
    base_url: Text = "https://api.telegram.org"
    proxy: Text | None = Field(default=None, repr=False)
    answers: bool = True
    per_second: Rate = 25.0


class Zalo(Strict):
    """An Official Account: templates by user id and by phone, consultation within seven days, groups.

    `access_token` and `refresh_token` are the first grant; later ones are kept, encrypted, in the database.
    `webhook_secret` is the account's secret key for hooks (default: `secret_key`). Delivery reference 1a, 1b, 1d.
    """

    app_id: Text
    secret_key: SecretText
    oa_id: Text | None = None
    access_token: SecretText | None = None
    refresh_token: SecretText | None = None
    webhook_secret: SecretText | None = None
    templates: dict[Annotated[str, one_of(TEMPLATES)], Text] = Field(default_factory=dict)
    consultation: bool = True
    hash_phones: bool = False
    development: bool = False
    per_second: Rate = 40.0
    base_url: Text = "https://openapi.zalo.me"
    phone_url: Text = "https://business.openapi.zalo.me"
    oauth_url: Text = "https://oauth.zaloapp.com"

    @field_validator("base_url", "phone_url", "oauth_url")
    @classmethod
    def _http(cls, value: str) -> str:
        return http_url(value).rstrip("/")


class ZaloBot(Strict):
    """A bot of the Zalo Bot platform (delivery reference 1c)."""

    token: SecretText
    webhook_secret: SecretText | None = None
    base_url: Text = "https://bot-api.zaloplatforms.com"
    per_second: Rate = 1.0

    @field_validator("base_url")
    @classmethod
    def _http(cls, value: str) -> str:
        return http_url(value).rstrip("/")


class Email(Strict):
    """A mail server; `security` is `starttls`, `tls` or `none`. `sender` is the address the mail comes from."""

    host: Text
    port: Port | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: Text | None = None
    password: SecretText | None = None
    sender: Text
    timeout: Elapsed = timedelta(seconds=20)
    per_second: Rate = 5.0

    @field_validator("sender")
    @classmethod
    def _address(cls, value: str) -> str:
        if mailbox(value) is None and "${" not in value:
            raise fault("email.bad", value=value)
        return value


class Channels(Strict):
    """The channels that are configured; the others are None."""

    bare = frozenset({"console"})
    unknown = "channel.unknown"

    console: Console | None = None
    webhook: Webhook | None = None
    telegram: Telegram | None = None
    zalo: Zalo | None = None
    zalo_bot: ZaloBot | None = None
    email: Email | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What is configured, for `contacts:` to name."""
        return tuple(name for name in type(self).model_fields if getattr(self, name) is not None)
