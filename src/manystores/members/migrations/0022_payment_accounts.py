"""Whose applications of wallets there are, so that what a wallet tells of payments can be verified."""

from alembic import op

revision = "0022_payment_accounts"
down_revision = "0021_members"
branch_labels = None
depends_on = None

DDL = """
-- A brand's application at a wallet: Alipay's app_id, WeChat Pay's mchid. What
-- verifies and opens its notices is sealed in `config`.
CREATE TABLE payment_accounts (
    account_id uuid PRIMARY KEY,
    party_no int NOT NULL,
    provider text COLLATE "C" NOT NULL CHECK (provider IN ('alipay', 'wechat_pay')),
    application text COLLATE "C" NOT NULL,
    config bytea NOT NULL,
    created_at timestamptz NOT NULL,
    UNIQUE (provider, application)
);
CREATE INDEX payment_accounts_of_party ON payment_accounts (party_no, account_id);
"""


def upgrade() -> None:
    op.execute(DDL)
