"""What the settings of a `rest` feed are made of: logins, ways of paging, maps of fields and of answers."""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - dataclasses read it
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainValidator, model_validator

from alertd.config.paths import Path, PathText, compiled
from alertd.config.secrets import Filled
from alertd.config.strict import Strict
from alertd.config.tree import Scalar
from alertd.config.values import OneOrMany, SecretText, Text, ZeroOrOne, fault, http_url, unless

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, 5.6.2: what a header may be called
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?")
_WORDS: Mapping[str, bool] = {"true": True, "false": False}


def _header(value: str) -> str:
    if not _TOKEN.fullmatch(value):
        raise fault("header.bad", value=value)
    return value


def json_value(value: Any) -> Any:
    """A value of the file as JSON: in YAML's plain style `1` is a number and `true` a truth value, in quotes a text."""
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [json_value(item) for item in value]
    if not isinstance(value, Scalar) or isinstance(value, Filled):
        return value
    if value.plain and value in _WORDS:
        return _WORDS[value]
    if value.plain and _NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    return str(value)


def _body(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise fault("type.mapping")
    made: dict[str, Any] = json_value(value)
    return made


HttpUrl = Annotated[Text, AfterValidator(http_url)]
HeaderName = Annotated[Text, AfterValidator(_header)]
Body = Annotated[dict[str, Any], PlainValidator(_body, json_schema_input_type=dict[str, Any])]
#: One path, or several of which the first that finds something counts.
Paths = Annotated[tuple[PathText, ...], OneOrMany, Field(min_length=1)]


class BasicLogin(Strict):
    """A user and a password with every call."""

    type: Literal["basic"]
    username: Text = Field(repr=False)
    password: SecretText


class BearerLogin(Strict):
    """A token that the portal's operator has given."""

    type: Literal["bearer"]
    token: SecretText


class HeaderLogin(Strict):
    """A key in a header of any name."""

    type: Literal["header"]
    name: HeaderName = "X-API-Key"
    secret: SecretText


class OauthLogin(Strict):
    """OAuth 2 (RFC 6749): the client's own credentials, or where a user is named the grant of a password."""

    type: Literal["oauth2"]
    token_url: HttpUrl = Field(repr=False)
    client_id: Text
    client_secret: SecretText | None = None
    username: Text | None = Field(default=None, repr=False)
    password: SecretText | None = None
    scope: Text | None = None

    @model_validator(mode="after")
    def _whole(self) -> OauthLogin:
        if (self.username is None) != (self.password is None):
            raise fault("oauth.user")
        if self.username is None and self.client_secret is None:
            raise fault("oauth.secret")
        return self


_Login = Annotated[BasicLogin | BearerLogin | HeaderLogin | OauthLogin, Field(discriminator="type")]
Login = Annotated[_Login | None, unless("none", _Login)]


class _Paging(Strict):
    """Where the parameters of a page stand."""

    place: Literal["query", "body"] = Field(default="query", alias="in")


class PagePaging(_Paging):
    """Pages by number; `first` is the number of the first."""

    type: Literal["page"]
    parameter: Text = "page"
    size: Text = "size"
    first: ZeroOrOne = 0


class OffsetPaging(_Paging):
    """Pages by how many rows to pass over."""

    type: Literal["offset"]
    parameter: Text = "offset"
    size: Text = "limit"


class LinkPaging(_Paging):
    """The address of the next page stands in the answer."""

    type: Literal["link"]
    next: PathText
    size: Text | None = None


class CursorPaging(_Paging):
    """A mark of the next page stands in the answer and is sent as a parameter."""

    type: Literal["cursor"]
    next: PathText
    parameter: Text = "cursor"
    size: Text | None = None


_Pages = Annotated[PagePaging | OffsetPaging | LinkPaging | CursorPaging, Field(discriminator="type")]
Paging = Annotated[_Pages | None, unless("none", _Pages)]


@dataclass(frozen=True)
class ReadyMap:
    """What is known of a format that several portals have. `fit` says whether deadlines may be taken from it."""

    fields: Mapping[str, tuple[Path, ...]]
    channel_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    done_needs_finish: bool = False
    fit: bool = True


def compiled_fields(written: Mapping[str, str | tuple[str, ...]]) -> dict[str, tuple[Path, ...]]:
    """The paths of a ready map."""
    return {
        name: tuple(map(compiled, (paths,) if isinstance(paths, str) else paths)) for name, paths in written.items()
    }
