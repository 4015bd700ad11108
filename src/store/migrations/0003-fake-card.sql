-- What the shipped fake card provider remembers (payments/fake-card.ts): a provider's own ledger, no part of ours. It outlives a
-- restart so that a test can kill the server between the charge and its settlement and still count the charges.

CREATE TABLE fake_card_charge (
  idempotency_key uuid PRIMARY KEY,
  token text NOT NULL,
  amount_micros bigint NOT NULL CHECK (amount_micros > 0),
  currency text NOT NULL,
  taken boolean NOT NULL,
  tries integer NOT NULL DEFAULT 1 CHECK (tries > 0),
  created_at timestamptz NOT NULL
);
COMMENT ON COLUMN fake_card_charge.taken IS 'whether money was taken; false for a decline';
