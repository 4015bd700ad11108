-- What seats cost and who pays for them, and what the pages about credits read.

-- The operator's price list: a price counts from an instant on and is never changed, so that every amount can be explained.
CREATE TABLE seat_price (
  price_id uuid PRIMARY KEY,
  sku text NOT NULL,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  per_month_micros bigint NOT NULL CHECK (per_month_micros >= 0),
  valid_from timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL
);
CREATE INDEX seat_price_of_currency ON seat_price (currency, sku, valid_from DESC, price_id DESC);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seat_price FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- W8: whether the month's price goes on the statement or is taken from the wallet; and up to which month it was asked for.
ALTER TABLE subscription
  ADD COLUMN billing text NOT NULL DEFAULT 'statement' CHECK (billing IN ('statement', 'credits')),
  ADD COLUMN billed_month text CHECK (billed_month ~ '^[0-9]{4}-[0-9]{2}$'),
  ADD CONSTRAINT only_the_add_on_from_credits CHECK (billing = 'statement' OR sku = 'international-calling-plan');
COMMENT ON COLUMN subscription.billed_month IS 'null: the first run of jobs/bill-seats.ts sets it, and asks for nothing before';

-- What was asked for seats: a month's, or the rest of the month in which they were bought. For ever.
CREATE TABLE seat_charge (
  charge_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  sku text NOT NULL,
  month text NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'),
  kind text NOT NULL CHECK (kind IN ('month', 'part')),
  seats integer NOT NULL CHECK (seats > 0),
  first_day date NOT NULL,
  last_day date NOT NULL CHECK (last_day >= first_day),
  month_days integer NOT NULL CHECK (month_days BETWEEN 28 AND 31),
  -- null: the operator had set no price, and nothing is asked
  per_month_micros bigint CHECK (per_month_micros >= 0),
  amount_micros bigint NOT NULL CHECK (amount_micros >= 0),
  currency text NOT NULL,
  paid_from text NOT NULL CHECK (paid_from IN ('statement', 'credits')),
  at timestamptz NOT NULL,
  CHECK (per_month_micros IS NOT NULL OR amount_micros = 0)
);
-- A month is asked for once, whatever was down on the 1st.
CREATE UNIQUE INDEX one_charge_a_month ON seat_charge (tenant_id, sku, month) WHERE kind = 'month';
CREATE INDEX seat_charge_of_tenant ON seat_charge (tenant_id, month, charge_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seat_charge FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Fewer seats from the 1st of a month on, and who gives theirs up: nobody loses a licence without being named here.
CREATE TABLE seat_reduction (
  tenant_id uuid NOT NULL REFERENCES tenant,
  sku text NOT NULL,
  seats integer NOT NULL CHECK (seats >= 0),
  user_ids uuid[] NOT NULL,
  from_month text NOT NULL CHECK (from_month ~ '^[0-9]{4}-[0-9]{2}$'),
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  PRIMARY KEY (tenant_id, sku)
);

-- W4: instead of a fixed amount, up to this; never less than `amount_micros`.
ALTER TABLE auto_recharge ADD COLUMN target_micros bigint CHECK (target_micros > threshold_micros);

-- What people know a card by. No number: the last four digits, as the provider told them.
ALTER TABLE payment_method
  ADD COLUMN brand text,
  ADD COLUMN last_four text CHECK (last_four ~ '^[0-9]{4}$'),
  ADD COLUMN expires text CHECK (expires ~ '^[0-9]{4}-[0-9]{2}$'),
  ADD COLUMN removed_at timestamptz,
  ADD CONSTRAINT removed_is_no_default CHECK (removed_at IS NULL OR NOT is_default);

-- The order in which postings were made. A call's are spread over its whole length, and an id says only when it began: with this
-- the balance after each movement of a wallet can be told, and it never was below its floor.
CREATE SEQUENCE posting_place;
ALTER TABLE posting ADD COLUMN place bigint NOT NULL DEFAULT nextval('posting_place');
ALTER SEQUENCE posting_place OWNED BY posting.place;
-- Movements of wallets are a small part of all postings; seconds of pools pay nothing for these.
CREATE INDEX posting_of_wallet ON posting (tenant_id, place) WHERE debit ^@ 'wallet:' OR credit ^@ 'wallet:';
CREATE INDEX posting_of_wallet_at ON posting (tenant_id, at) INCLUDE (cause, amount)
  WHERE debit ^@ 'wallet:' OR credit ^@ 'wallet:';
-- Who spent credits: the few calls of a person that cost something.
CREATE INDEX call_record_that_cost ON call_record (tenant_id, user_id, call_id) WHERE charge_micros > 0;
