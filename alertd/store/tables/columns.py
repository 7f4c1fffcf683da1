"""What all tables share: their metadata, instants that keep their zone, ids."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, DateTime, Dialect, Integer, MetaData, String
from sqlalchemy.types import TypeDecorator, TypeEngine

if TYPE_CHECKING:
    from collections.abc import Callable

metadata = MetaData()


class Instant(TypeDecorator[datetime]):
    """An aware instant: `timestamptz` on PostgreSQL; on SQLite text of one width in UTC, ordered as time is.

    SQLAlchemy's own type drops the offset on SQLite without a word.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, `timestamptz` elsewhere."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(32))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To the database; a naive value is a fault of the program."""
        if value is None:
            return None
        if value.tzinfo is not UTC:
            if value.tzinfo is None:
                raise ValueError("a naive datetime cannot be stored")
            value = value.astimezone(UTC)
        return value.isoformat(timespec="microseconds") if dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:  # noqa: ARG002
        """From the database, in UTC. A dossier has more than ten, so that one call for each is enough."""
        return _from_text if dialect.name == "sqlite" else _in_utc


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


#: SQLite gives out row ids only for a column of type INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


def identity() -> Column[int]:
    """The usual primary key."""
    return Column("id", Id, primary_key=True, autoincrement=True)
