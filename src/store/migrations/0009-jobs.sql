-- Work that takes longer than a request may: imports and exports. A row says what was asked and how far it got, so another process can
-- go on where one died. Its files lie here as well, in pieces, so that whoever serves the page need not be the one that did the work.

CREATE TABLE job (
  job_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  kind text NOT NULL CHECK (kind ~ '^[a-z][a-z-]*$'),
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'succeeded', 'failed', 'cancelled')),
  input json NOT NULL,
  requested_by text NOT NULL,
  language text NOT NULL CHECK (language IN ('en', 'fr')),
  -- what it takes to see it and its result, and what it took to start it: stopping it takes the same
  sees text NOT NULL,
  starts text NOT NULL,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  finished_at timestamptz,
  -- counts how often it was taken up; a process that lost it can write nothing more
  attempt integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  attempt_at timestamptz,
  attempt_done integer NOT NULL DEFAULT 0 CHECK (attempt_done >= 0),
  -- attempts that ended in a fault of ours, a process that died among them
  faults integer NOT NULL DEFAULT 0 CHECK (faults >= 0),
  not_before timestamptz,
  done integer NOT NULL DEFAULT 0 CHECK (done >= 0),
  total integer CHECK (total >= done),
  stopping boolean NOT NULL DEFAULT false,
  summary json,
  failure text,
  result_name text,
  result_type text,
  result_bytes bigint NOT NULL DEFAULT 0 CHECK (result_bytes >= 0),
  expires_at timestamptz,
  CONSTRAINT over_is_dated CHECK ((state IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
  CONSTRAINT over_expires CHECK ((finished_at IS NULL) = (expires_at IS NULL)),
  CONSTRAINT failed_says_why CHECK ((state = 'failed') = (failure IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX job_of_tenant ON job (tenant_id, job_id);
CREATE INDEX job_unfinished ON job (job_id) WHERE finished_at IS NULL;
CREATE INDEX job_expiring ON job (expires_at) WHERE finished_at IS NOT NULL;

CREATE TABLE job_piece (
  job_id uuid NOT NULL REFERENCES job ON DELETE CASCADE,
  file text NOT NULL CHECK (file IN ('input', 'result')),
  place integer NOT NULL CHECK (place >= 0),
  bytes bytea NOT NULL,
  PRIMARY KEY (job_id, file, place)
);
-- What is in it is compressed already or not worth the time.
ALTER TABLE job_piece ALTER COLUMN bytes SET STORAGE EXTERNAL;
