-- What each fund paid, added up by local day from the postings, so that a page need not read a month of calls. The postings stay the
-- truth: jobs/pool-use.ts adds each call once, when nothing more can be posted for it, and readers add what is newer themselves.

-- fund: `pool:US:domestic:2026-11` in seconds, `wallet` in micros, and, for calls that a plan would have covered had it not been
-- used up, `beyond:US:domestic` in seconds and `beyond-cost:US:domestic` in micros (already in `wallet`).
CREATE TABLE fund_use (
  tenant_id uuid NOT NULL,
  fund text COLLATE "C" NOT NULL,
  -- the tenant's local day; what a pool paid after its month is booked on its last day
  day date NOT NULL,
  -- four hours each, from the first instant of the day; a day of 25 hours has a seventh
  slot smallint NOT NULL CHECK (slot BETWEEN 0 AND 6),
  amount bigint NOT NULL CHECK (amount > 0),
  PRIMARY KEY (tenant_id, fund, day, slot)
) WITH (fillfactor = 80);

-- The same by person. Who is nobody of the tenant (a toll-free caller, an event) is the id of all zeros.
CREATE TABLE fund_use_person (
  tenant_id uuid NOT NULL,
  fund text COLLATE "C" NOT NULL,
  user_id uuid NOT NULL,
  day date NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  PRIMARY KEY (tenant_id, fund, user_id, day)
) WITH (fillfactor = 80);

-- And by person alone: who used most is asked of ten thousand rows, not of a row for each of their days.
CREATE TABLE fund_use_total (
  tenant_id uuid NOT NULL,
  fund text COLLATE "C" NOT NULL,
  user_id uuid NOT NULL,
  amount bigint NOT NULL CHECK (amount > 0),
  PRIMARY KEY (tenant_id, fund, user_id)
) WITH (fillfactor = 80);

-- Calls before this id are in the sums, but for those in fund_use_pending, which were still going on.
CREATE TABLE fund_use_mark (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  until_call uuid NOT NULL
);
INSERT INTO fund_use_mark (until_call) VALUES ('00000000-0000-0000-0000-000000000000');

CREATE TABLE fund_use_pending (
  call_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL
);
CREATE INDEX fund_use_pending_of_tenant ON fund_use_pending (tenant_id);

-- Rows of a partial index cost the path of calls nothing while they are not in it.
CREATE INDEX call_session_silent ON call_session (call_id) WHERE state = 'silent';
CREATE INDEX posting_not_of_call ON posting (tenant_id, at) WHERE cause NOT IN ('call', 'event', 'overrun');

-- The last answer of the audit of each tenant, with what it cost: the badge "books balanced" speaks from here only.
CREATE TABLE books_check (
  tenant_id uuid PRIMARY KEY REFERENCES tenant,
  -- real time, all of them; somebody looked at the badge
  wanted_at timestamptz,
  -- after finished_at while one runs
  started_at timestamptz,
  finished_at timestamptz,
  took_ms integer,
  balanced boolean,
  audit json,
  CHECK ((finished_at IS NULL) = (balanced IS NULL) AND (finished_at IS NULL) = (audit IS NULL) AND (finished_at IS NULL) = (took_ms IS NULL))
);
CREATE INDEX books_check_wanted ON books_check (wanted_at);

-- A4: which day was told, so that it is told again only when it has moved far. fund: a pool's name, or `wallet`.
CREATE TABLE forecast_told (
  tenant_id uuid NOT NULL REFERENCES tenant,
  fund text COLLATE "C" NOT NULL,
  day date NOT NULL,
  told_at timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, fund)
);
-- The tenant's local day on which its forecasts were last looked at.
ALTER TABLE tenant ADD COLUMN forecast_on date;
