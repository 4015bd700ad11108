-- Call history: the calls of one person, and the sums of any range of hours, without a look at each record.

CREATE INDEX call_record_of_user ON call_record (tenant_id, user_id, started_at, call_id);

-- Added up from the records, each once, when nothing more can come for its call (jobs/call-sums.ts). The records stay the truth: what is
-- newer than the mark, or still waiting, is added by whoever reads. Hours of UTC, for zones differ by whole hours but for a few, whose
-- halves are read from the records.
CREATE TABLE call_sum (
  tenant_id uuid NOT NULL,
  hour timestamptz NOT NULL,
  direction text NOT NULL,
  classification text NOT NULL,
  result text NOT NULL,
  -- the end cause, or the code of the refusal
  outcome text NOT NULL,
  -- who paid: of `conference`, `credits`, `domestic`, `international` those that did, in this order, with `+` between
  funds text COLLATE "C" NOT NULL,
  has_charge boolean NOT NULL,
  calls integer NOT NULL CHECK (calls > 0),
  seconds bigint NOT NULL,
  charge_micros bigint NOT NULL,
  domestic_seconds bigint NOT NULL,
  international_seconds bigint NOT NULL,
  conference_seconds bigint NOT NULL,
  credits_seconds bigint NOT NULL,
  PRIMARY KEY (tenant_id, hour, direction, classification, result, outcome, funds, has_charge)
) WITH (fillfactor = 80);

-- Calls before this id are in the sums, but for those in call_sum_pending.
CREATE TABLE call_sum_mark (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  until_call uuid NOT NULL
);
INSERT INTO call_sum_mark (until_call) VALUES ('00000000-0000-0000-0000-000000000000');
GRANT SELECT ON call_sum_mark TO ringfence_tenant;

CREATE TABLE call_sum_pending (
  call_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL
);
CREATE INDEX call_sum_pending_of_tenant ON call_sum_pending (tenant_id);

