"""Keep the answers alive: drafts, outdated translations, history, the office's words."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the tables to this revision; what is there counts as published before."""
    op.create_table(
        "word_group",
        sa.Column("id", sa.String(length=48), nullable=False),
        sa.Column("collection", sa.String(length=48), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_group")),
    )
    with op.batch_alter_table("word_group", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_word_group_collection"), ["collection"], unique=False)

    op.create_table(
        "knowledge_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.String(length=128), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["knowledge_entry.id"],
            name=op.f("fk_knowledge_revision_entry_id_knowledge_entry"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_knowledge_revision_staff_id_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_revision")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("knowledge_revision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_knowledge_revision_entry_id_id"), ["entry_id", "id"], unique=False
        )

    with op.batch_alter_table("knowledge_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE knowledge_entry SET published_at = CURRENT_TIMESTAMP")

    with op.batch_alter_table("knowledge_text", schema=None) as batch_op:
        batch_op.add_column(sa.Column("outdated_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Bring them back."""
    with op.batch_alter_table("knowledge_text", schema=None) as batch_op:
        batch_op.drop_column("outdated_at")

    with op.batch_alter_table("knowledge_entry", schema=None) as batch_op:
        batch_op.drop_column("published_at")

    with op.batch_alter_table("knowledge_revision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_knowledge_revision_entry_id_id"))

    op.drop_table("knowledge_revision")
    with op.batch_alter_table("word_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_word_group_collection"))

    op.drop_table("word_group")
