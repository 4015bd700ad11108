-- Reports (A2), rate decks on their way to being published (R1), who acted for whom (A1), and what the operator should look at.

-- A report, and a list of calls by date, reads one range of this index: by tenant and by when calls began, whatever their ids say
-- (a sandbox has a clock of its own, a blind call is billed afterwards). What is added up is in it, so the records are not touched.
CREATE INDEX call_record_by_start ON call_record (tenant_id, started_at, call_id)
  INCLUDE (user_id, direction, classification, result, answered_at, charged_seconds, charge_micros);
CREATE INDEX call_supplement_of_tenant ON call_supplement (tenant_id, call_id);

ALTER TABLE tenant ADD COLUMN language text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'fr'));
COMMENT ON COLUMN tenant.language IS 'of what is written to nobody in particular; people have their own';

-- The store finds out when it writes the entry: roles change later, what somebody was at the time does not.
ALTER TABLE audit_log
  ADD COLUMN acting_as text CHECK (acting_as IN ('operator', 'partner')),
  ADD COLUMN acting_partner_id uuid,
  ADD CONSTRAINT partner_is_named CHECK ((acting_as IS NOT DISTINCT FROM 'partner') = (acting_partner_id IS NOT NULL));
COMMENT ON COLUMN audit_log.acting_as IS 'somebody of the installation or of a partner, at a tenant that is not their own';
CREATE INDEX audit_log_by_time ON audit_log (tenant_id, at, audit_id);
CREATE INDEX audit_log_by_actor ON audit_log (tenant_id, actor, at, audit_id);
CREATE INDEX audit_log_by_subject ON audit_log (tenant_id, subject, at, audit_id);
-- `licence` of `licence.assigned`: what people choose from a list. A column, since row-level security keeps indexes on expressions away.
ALTER TABLE audit_log ADD COLUMN noun text GENERATED ALWAYS AS (split_part(action, '.', 1)) STORED;
CREATE INDEX audit_log_by_noun ON audit_log (tenant_id, noun, at, audit_id);

-- A file that may become a deck: kept while an operator corrects it and looks at what it would change. Steps have addresses, and a
-- browser may be closed between two of them.
CREATE TABLE rate_deck_draft (
  draft_id uuid PRIMARY KEY,
  file_name text NOT NULL CHECK (file_name <> ''),
  uploaded_by text NOT NULL,
  uploaded_at timestamptz NOT NULL,
  -- gzip
  csv bytea NOT NULL,
  byte_count integer NOT NULL CHECK (byte_count >= 0),
  row_count integer NOT NULL CHECK (row_count >= 0),
  error_count integer NOT NULL CHECK (error_count >= 0),
  -- counts corrections
  revision integer NOT NULL DEFAULT 1,
  published_as uuid REFERENCES rate_deck
);

-- R1: a published deck that becomes active at a given instant, unless somebody thinks better of it.
CREATE TABLE rate_deck_schedule (
  deck_id uuid PRIMARY KEY REFERENCES rate_deck,
  activate_at timestamptz NOT NULL,
  scheduled_by text NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'cancelled'))
);
CREATE INDEX rate_deck_schedule_due ON rate_deck_schedule (activate_at) WHERE state = 'waiting';

-- What the operator should look at. The same thing again counts up; it is over when somebody has said so.
CREATE TABLE alarm (
  alarm_id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('unrated', 'overrun', 'job-failed')),
  tenant_id uuid REFERENCES tenant,
  subject text COLLATE "C" NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  times integer NOT NULL DEFAULT 1 CHECK (times > 0),
  closed_at timestamptz,
  closed_by text,
  CHECK ((closed_at IS NULL) = (closed_by IS NULL))
);
CREATE UNIQUE INDEX one_open_alarm ON alarm (kind, tenant_id, subject) NULLS NOT DISTINCT WHERE closed_at IS NULL;
CREATE INDEX alarm_by_time ON alarm (last_at, alarm_id);
