-- The Getting Started wizard (G2). What is done is read from the tenant's own objects, and what callers will hear lies in the draft of
-- the attendant; here is only what else was chosen and not carried out, what was left for later, and what "Done" is doing.
CREATE TABLE getting_started (
  tenant_id uuid PRIMARY KEY REFERENCES tenant,
  later text[] NOT NULL DEFAULT '{}' CHECK (later <@ ARRAY['location', 'number', 'licences', 'greeting', 'menu', 'test-call']),
  -- by step: location, number, licences
  choices jsonb NOT NULL DEFAULT '{}',
  -- by step: how often it was changed, so that two people, or two windows, see each other
  versions jsonb NOT NULL DEFAULT '{}',
  -- the last one that carried choices out
  job_id uuid
);

-- One thing that "Done" does, in a transaction of its own. `done` is written with the thing itself, so each happens once.
CREATE TABLE getting_started_task (
  tenant_id uuid NOT NULL REFERENCES getting_started,
  key text NOT NULL,
  place integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('number', 'user', 'attendant', 'connect')),
  user_id uuid,
  state text NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
  -- a problem's code, the field at fault, and a sentence about this very case in both languages
  failure text,
  failure_about text,
  failure_detail jsonb,
  -- the number that came of it
  number text,
  PRIMARY KEY (tenant_id, key),
  FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_user (tenant_id, user_id) ON DELETE CASCADE,
  CONSTRAINT user_of_task CHECK ((kind = 'user') = (user_id IS NOT NULL)),
  CONSTRAINT failed_says_why CHECK ((state = 'failed') = (failure IS NOT NULL))
);

SELECT keep_tenants_apart();
