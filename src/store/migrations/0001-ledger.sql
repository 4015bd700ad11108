-- The ledger, the calls and who may make them. See docs/architecture.md, "Where each invariant lives".
--
-- Time order is in the ids: every id is a UUIDv7, so keys that lead with one are appended to, and the tables that grow for ever
-- are partitioned by month on the id itself (decision 0002).

CREATE TABLE tenant (
  tenant_id uuid PRIMARY KEY,
  name text NOT NULL CHECK (name <> ''),
  country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  time_zone text NOT NULL,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  licence_type text NOT NULL CHECK (licence_type IN ('with-calling-plan', 'without-calling-plan', 'not-available')),
  sandbox boolean NOT NULL,
  clock_at timestamptz CHECK (clock_at IS NULL OR sandbox),
  sip_domain text NOT NULL UNIQUE,
  calling_policy text NOT NULL,
  created_at timestamptz NOT NULL
);
COMMENT ON COLUMN tenant.clock_at IS 'D4: where a sandbox tenant''s clock is frozen; null follows real time';

CREATE TABLE tenant_user (
  user_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  name text NOT NULL CHECK (name <> ''),
  usage_location text NOT NULL CHECK (usage_location ~ '^[A-Z]{2}$'),
  voice_sku text CHECK (voice_sku IN ('voice-with-calling-plan', 'voice-without-calling-plan')),
  international_plan boolean NOT NULL DEFAULT false,
  credits_enabled boolean NOT NULL DEFAULT true,
  calling_policy text,
  sip_username text,
  sip_ha1 text,
  created_at timestamptz NOT NULL,
  UNIQUE (tenant_id, user_id),
  UNIQUE (tenant_id, sip_username),
  -- L9: the International add-on needs a voice licence with plan
  CONSTRAINT add_on_needs_voice CHECK (NOT international_plan OR voice_sku IS NOT DISTINCT FROM 'voice-with-calling-plan')
);

CREATE TABLE subscription (
  subscription_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  sku text NOT NULL,
  purchased integer NOT NULL CHECK (purchased >= 0),
  assigned integer NOT NULL DEFAULT 0 CHECK (assigned >= 0),
  created_at timestamptz NOT NULL,
  UNIQUE (tenant_id, sku),
  -- L5: never more assignments than seats
  CONSTRAINT seats CHECK (assigned <= purchased)
);

-- How many licences fund a pool, whatever the month: opening a month's pool reads it, assigning a licence changes it.
CREATE TABLE entitlement (
  tenant_id uuid NOT NULL REFERENCES tenant,
  country text NOT NULL,
  plan text NOT NULL CHECK (plan IN ('domestic', 'international', 'conference')),
  licences integer NOT NULL CHECK (licences >= 0),
  PRIMARY KEY (tenant_id, country, plan)
);

CREATE TABLE phone_number (
  number text COLLATE "C" PRIMARY KEY CHECK (number ~ '^\+[1-9][0-9]{2,14}$'),
  number_id uuid NOT NULL UNIQUE,
  tenant_id uuid NOT NULL REFERENCES tenant,
  type text NOT NULL CHECK (type IN ('user', 'service-toll', 'service-toll-free')),
  user_id uuid,
  created_at timestamptz NOT NULL,
  FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_user (tenant_id, user_id),
  -- N1: a service number belongs to a service, never to a person
  CONSTRAINT services_have_no_user CHECK (type = 'user' OR user_id IS NULL)
);
CREATE INDEX phone_number_of_tenant ON phone_number (tenant_id, number);
CREATE INDEX phone_number_of_user ON phone_number (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX tenant_user_of_tenant ON tenant_user (tenant_id, user_id);

-- Accounts with a floor keep a running balance here; the counter-accounts (seconds:issued, money:revenue …) are summed from
-- postings on demand, so that settlements do not queue on one row.
--   posted    what is there: credits less debits
--   reserved  what the grants of live calls hold
--   owed      pools: seconds that removed licences took away after they were used or held (P7)
--   spent     what calls took, for reports; the audit recomputes it
CREATE TABLE account (
  tenant_id uuid NOT NULL REFERENCES tenant,
  name text COLLATE "C" NOT NULL,
  unit text NOT NULL CHECK (unit IN ('second', 'micro')),
  posted bigint NOT NULL DEFAULT 0,
  reserved bigint NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  floor bigint NOT NULL DEFAULT 0 CHECK (floor <= 0),
  owed bigint NOT NULL DEFAULT 0 CHECK (owed >= 0),
  spent bigint NOT NULL DEFAULT 0 CHECK (spent >= 0),
  licences integer NOT NULL DEFAULT 0 CHECK (licences >= 0),
  allowance_seconds bigint NOT NULL DEFAULT 0 CHECK (allowance_seconds >= 0),
  ends_at timestamptz,
  closed boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant_id, name),
  -- C2: pool ≥ 0 and wallet ≥ floor at every instant, what is held included
  CONSTRAINT never_below_floor CHECK (posted - reserved >= floor),
  CONSTRAINT pools_have_no_overdraft CHECK (unit = 'micro' OR floor = 0),
  CONSTRAINT unit_of_name CHECK ((unit = 'second') = (name LIKE 'pool:%')),
  -- P7: while licences owe seconds, nothing is free
  CONSTRAINT owed_takes_what_is_free CHECK (owed = 0 OR posted = reserved),
  -- P6, W3: when a month or a lot has ended only what is held may remain
  CONSTRAINT closed_is_empty CHECK (NOT closed OR posted = reserved)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000);
-- No index on a balance column: balance updates stay heap-only. These two serve the wallet of a call and the closing jobs.
CREATE INDEX account_open_lot ON account (tenant_id, name) WHERE NOT closed AND unit = 'micro';
CREATE INDEX account_ending ON account (ends_at) WHERE NOT closed;

-- One row per posting: balanced by construction. A credit raises an account, a debit lowers it.
CREATE TABLE posting (
  source_id uuid NOT NULL,
  line integer NOT NULL CHECK (line >= 0),
  tenant_id uuid NOT NULL,
  at timestamptz NOT NULL,
  debit text COLLATE "C" NOT NULL,
  credit text COLLATE "C" NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  cause text NOT NULL,
  -- a posting acts once: a call numbers its postings, everything else is one source
  PRIMARY KEY (source_id, line),
  CONSTRAINT two_accounts CHECK (debit <> credit),
  CONSTRAINT one_unit CHECK (
    (debit LIKE 'pool:%' OR debit LIKE 'seconds:%') = (credit LIKE 'pool:%' OR credit LIKE 'seconds:%')),
  CONSTRAINT known_accounts CHECK (
    debit ~ '^(pool|seconds|wallet|money):' AND credit ~ '^(pool|seconds|wallet|money):')
) PARTITION BY RANGE (source_id);
CREATE INDEX posting_of_tenant ON posting (tenant_id, source_id);

-- Live calls, and ended ones for as long as a repeated or late message may come (C9). `call` is the state that
-- core/call.ts describes: json, not jsonb, for it is written and read whole and taken apart only by reports.
CREATE TABLE call_session (
  switch_id uuid NOT NULL,
  session_id text COLLATE "C" NOT NULL,
  tenant_id uuid,
  call_id uuid NOT NULL UNIQUE,
  state text NOT NULL CHECK (state IN ('open', 'silent', 'ended')),
  last_number integer NOT NULL,
  last_hash text NOT NULL,
  last_status smallint NOT NULL,
  last_answer text NOT NULL,
  deadline_at timestamptz,
  ended_at timestamptz,
  call json NOT NULL,
  PRIMARY KEY (switch_id, session_id),
  CONSTRAINT open_has_deadline CHECK ((state = 'open') = (deadline_at IS NOT NULL))
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 5000);
CREATE INDEX call_session_open ON call_session (tenant_id) WHERE state = 'open';

-- Answers that a later request of the session has superseded: a repeated request gets the same bytes.
CREATE TABLE call_answer (
  call_id uuid NOT NULL,
  request_number integer NOT NULL,
  hash text NOT NULL,
  status smallint NOT NULL,
  answer text NOT NULL,
  PRIMARY KEY (call_id, request_number)
);

-- C8: one immutable record per call, refused ones too. The key makes a second settlement impossible to store.
CREATE TABLE call_record (
  call_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  switch_id uuid NOT NULL,
  session_id text NOT NULL,
  user_id uuid,
  direction text NOT NULL,
  calling_number text,
  called_number text NOT NULL,
  classification text NOT NULL,
  result text NOT NULL CHECK (result IN ('ended', 'refused')),
  started_at timestamptz NOT NULL,
  answered_at timestamptz,
  ended_at timestamptz NOT NULL,
  end_cause text NOT NULL,
  charged_seconds integer NOT NULL CHECK (charged_seconds >= 0),
  charge_micros bigint NOT NULL CHECK (charge_micros >= 0),
  currency text NOT NULL,
  refusal_code text CHECK ((result = 'refused') = (refusal_code IS NOT NULL)),
  details json NOT NULL
) PARTITION BY RANGE (call_id);
CREATE INDEX call_record_of_tenant ON call_record (tenant_id, call_id);

-- C9: what a termination added that came within 24 hours after its switch had fallen silent.
CREATE TABLE call_supplement (
  call_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  ended_at timestamptz NOT NULL,
  end_cause text NOT NULL,
  charged_seconds integer NOT NULL,
  charge_micros bigint NOT NULL,
  details json NOT NULL
);

CREATE TABLE payment_method (
  payment_method_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  provider text NOT NULL,
  token text NOT NULL,
  is_default boolean NOT NULL,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX one_default_payment_method ON payment_method (tenant_id) WHERE is_default;

-- Money coming in. The id is the provider's idempotency key for every try, so nothing is charged twice (W4).
CREATE TABLE funding (
  funding_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  kind text NOT NULL CHECK (kind IN ('manual', 'card', 'recharge')),
  state text NOT NULL CHECK (state IN ('pending', 'succeeded', 'failed')),
  amount_micros bigint NOT NULL CHECK (amount_micros > 0),
  currency text NOT NULL,
  payment_method_id uuid REFERENCES payment_method,
  created_at timestamptz NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz,
  settled_at timestamptz,
  expires_at timestamptz,
  failure text,
  provider_reference text,
  CHECK ((state = 'pending') = (settled_at IS NULL)),
  CHECK (kind = 'manual' OR payment_method_id IS NOT NULL)
);
-- W4: one recharge in flight per wallet
CREATE UNIQUE INDEX one_recharge_in_flight ON funding (tenant_id) WHERE kind = 'recharge' AND state = 'pending';
CREATE INDEX funding_of_tenant ON funding (tenant_id, funding_id);
CREATE INDEX funding_pending ON funding (next_attempt_at) WHERE state = 'pending';

CREATE TABLE auto_recharge (
  tenant_id uuid PRIMARY KEY REFERENCES tenant,
  enabled boolean NOT NULL,
  threshold_micros bigint NOT NULL CHECK (threshold_micros >= 0),
  amount_micros bigint NOT NULL CHECK (amount_micros >= 50000000),
  payment_method_id uuid NOT NULL REFERENCES payment_method,
  daily_cap_micros bigint CHECK (daily_cap_micros > 0),
  monthly_cap_micros bigint CHECK (monthly_cap_micros > 0),
  paused boolean NOT NULL DEFAULT false,
  declines integer NOT NULL DEFAULT 0,
  not_before timestamptz
);

CREATE TABLE api_key (
  key_id uuid PRIMARY KEY,
  name text NOT NULL,
  secret_hash text NOT NULL UNIQUE,
  tenant_id uuid REFERENCES tenant,
  scopes text[] NOT NULL,
  created_at timestamptz NOT NULL,
  revoked_at timestamptz
);

CREATE TABLE idempotency_key (
  key_id uuid NOT NULL,
  idempotency_key text NOT NULL,
  request_hash text NOT NULL,
  status smallint,
  body text,
  resource_id uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (key_id, idempotency_key)
);
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);

CREATE TABLE audit_log (
  audit_id uuid PRIMARY KEY,
  tenant_id uuid,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  subject text NOT NULL,
  before jsonb,
  after jsonb
);
CREATE INDEX audit_log_of_tenant ON audit_log (tenant_id, audit_id);

-- Things the installation must remember about itself (its switch key's id, whether the demo was made …).
CREATE TABLE installation (
  key text PRIMARY KEY,
  value text NOT NULL
);

-- Postings, records and the audit log are for ever. Statement triggers cost inserts nothing.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON posting FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON call_record FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON call_supplement FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The lowest UUID of a millisecond: where a month's partition begins.
CREATE FUNCTION uuid_from_time(at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

-- Makes the partitions of a month, given by any instant in it (UTC). Called ahead of time: there is no default partition.
CREATE FUNCTION ensure_partitions(month timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  first timestamptz := date_trunc('month', month, 'UTC');
  next timestamptz := date_trunc('month', first + interval '32 days', 'UTC');
  suffix text := to_char(first AT TIME ZONE 'UTC', 'YYYY_MM');
  parent text;
BEGIN
  FOREACH parent IN ARRAY ARRAY['posting', 'call_record'] LOOP
    IF to_regclass(parent || '_' || suffix) IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
        parent || '_' || suffix, parent, uuid_from_time(first), uuid_from_time(next));
      EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
        parent || '_' || suffix);
    END IF;
  END LOOP;
END $$;
-- The server makes later ones ahead of time, at start and once a day (jobs/make-partitions.ts).
SELECT ensure_partitions(now() + months * interval '1 month') FROM generate_series(0, 3) months;
