-- C10: what happens to calls of a class while charging cannot be reached. No row: as `terminate`.
CREATE TABLE failure_policy (
  tenant_id uuid NOT NULL REFERENCES tenant,
  call_class text NOT NULL CHECK (call_class IN ('domestic', 'international', 'toll-free-in', 'inbound')),
  action text NOT NULL CHECK (action IN ('terminate', 'continue', 'retry-and-terminate')),
  bound_seconds integer NOT NULL CHECK (bound_seconds BETWEEN 10 AND 3600),
  calls integer NOT NULL CHECK (calls BETWEEN 1 AND 1000),
  PRIMARY KEY (tenant_id, call_class)
);

-- Limits against fraud and surprises, as the charging path reads them with the tenant and the user; null: none. Money in micro-units, as text.
ALTER TABLE tenant ADD COLUMN limits jsonb;
ALTER TABLE tenant_user ADD COLUMN limits jsonb;

-- What is used of a limit in a window of time, and what running calls hold of it: micro-units, seconds, or calls that go on.
CREATE TABLE limit_use (
  tenant_id uuid NOT NULL REFERENCES tenant,
  -- holder, kind and time: `tenant credits-hour 2026-11-23T03`, `<user> credits-month 2026-11`, `<user> calls`
  time_window text COLLATE "C" NOT NULL,
  spent bigint NOT NULL CHECK (spent >= 0),
  held bigint NOT NULL CHECK (held >= 0),
  used_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, time_window)
);
SELECT keep_tenants_apart();

-- Answers that were kept for a repeated request held the secret of a new webhook.
UPDATE idempotency_key SET body = regexp_replace(body, '"secret":"whsec_[^"]*"', '"secret":null') WHERE body LIKE '%"secret":"whsec\_%';
