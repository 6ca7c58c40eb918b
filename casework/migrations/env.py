"""Run by Alembic; the connection comes from `casework.migrate`, within its transaction."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator

from casework.models import Base


def plain_types(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """In a migration, columns have the database's types: our own may change or go."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("migrations are run by casework.migrate, which brings the connection")

context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=plain_types,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
