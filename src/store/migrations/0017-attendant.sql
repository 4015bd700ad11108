-- Attendants (G2): what callers of a service number hear, and where they go; recordings; where a user has calls forwarded.

-- What is played: spoken text, or a file that somebody uploaded. Never changed: another text is another recording.
CREATE TABLE prompt (
  prompt_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  -- a file's name, or the beginning of the text
  name text NOT NULL,
  -- null: a file that was uploaded
  spoken text,
  language text CHECK (language IN ('en', 'fr')),
  format text NOT NULL CHECK (format IN ('wav', 'mp3')),
  content bytea NOT NULL CHECK (octet_length(content) <= 5242880),
  milliseconds integer NOT NULL CHECK (milliseconds > 0),
  created_at timestamptz NOT NULL,
  CONSTRAINT spoken_in_a_language CHECK ((spoken IS NULL) = (language IS NULL))
);
CREATE INDEX prompt_of_tenant ON prompt (tenant_id, prompt_id);
CREATE TRIGGER never_changed BEFORE UPDATE ON prompt FOR EACH ROW EXECUTE FUNCTION never_changed();

-- `draft` is what is being worked on, `live` what callers get: core/attendant.ts says what is in them.
CREATE TABLE attendant (
  attendant_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  name text NOT NULL,
  draft jsonb NOT NULL,
  live jsonb,
  published_at timestamptz,
  created_at timestamptz NOT NULL,
  UNIQUE (tenant_id, attendant_id),
  CONSTRAINT published_is_live CHECK ((live IS NULL) = (published_at IS NULL))
);
CREATE INDEX attendant_of_tenant ON attendant (tenant_id, attendant_id);

-- Which numbers lead there: a number to one attendant, an attendant from one or more (one toll, one toll-free).
CREATE TABLE attendant_number (
  tenant_id uuid NOT NULL,
  number_id uuid NOT NULL,
  attendant_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, number_id),
  FOREIGN KEY (tenant_id, number_id) REFERENCES phone_number (tenant_id, number_id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, attendant_id) REFERENCES attendant (tenant_id, attendant_id) ON DELETE CASCADE
);
CREATE INDEX attendant_number_of ON attendant_number (attendant_id);

SELECT keep_tenants_apart();
