-- The path without a plan (L4, G3): requests that a partner takes up, the customer's consent, and trunks to the customer's own carrier.

-- One customer on its way, from the first question to the hand-over. A visitor has no tenant yet: it is made on the way.
CREATE TABLE partner_case (
  case_id uuid PRIMARY KEY,
  tenant_id uuid REFERENCES tenant,
  -- null: nobody has taken it up, and every partner may
  partner_id uuid REFERENCES partner,
  assignee_id uuid REFERENCES person,
  stage text NOT NULL CHECK (stage IN ('new', 'requirements', 'licences-ordered', 'numbers-agreed', 'trunk-set-up', 'test-call',
    'hand-over', 'done', 'declined')),
  waiting_on text NOT NULL CHECK (waiting_on IN ('partner', 'customer')),
  due_on date NOT NULL,
  -- what was ticked by hand; the rest of the checklist is read from what is there
  ticks text[] NOT NULL DEFAULT '{}',
  organisation text NOT NULL CHECK (organisation <> ''),
  country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  contact_name text NOT NULL,
  contact_email text NOT NULL,
  contact_phone text NOT NULL DEFAULT '',
  language text NOT NULL CHECK (language IN ('en', 'fr')),
  intake jsonb NOT NULL,
  -- whoever takes it up may act for the customer: the customer has said so
  may_act boolean NOT NULL,
  decline_reason text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL,
  CONSTRAINT taken_by_partner CHECK (assignee_id IS NULL OR partner_id IS NOT NULL),
  CONSTRAINT new_until_taken CHECK ((stage = 'new') = (assignee_id IS NULL) OR stage = 'declined'),
  CONSTRAINT declined_has_reason CHECK (stage <> 'declined' OR decline_reason <> '')
);
CREATE UNIQUE INDEX one_open_case ON partner_case (tenant_id) WHERE stage NOT IN ('done', 'declined');
CREATE INDEX partner_case_due ON partner_case (due_on, case_id) WHERE stage NOT IN ('done', 'declined');
CREATE INDEX partner_case_of_partner ON partner_case (partner_id, due_on, case_id);
CREATE INDEX partner_case_of_tenant ON partner_case (tenant_id, case_id);

-- What happened to it, and notes; never changed.
CREATE TABLE partner_case_entry (
  entry_id uuid PRIMARY KEY,
  case_id uuid NOT NULL REFERENCES partner_case,
  -- of the case when it was written
  tenant_id uuid REFERENCES tenant,
  at timestamptz NOT NULL,
  actor text NOT NULL,
  kind text NOT NULL,
  data jsonb NOT NULL
);
CREATE INDEX partner_case_entry_of_case ON partner_case_entry (case_id, entry_id);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON partner_case_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Access is a row of partner_tenant; this says of an access that is over when and by whom it was ended.
CREATE TABLE partner_access_end (
  partner_id uuid NOT NULL REFERENCES partner,
  tenant_id uuid NOT NULL REFERENCES tenant,
  ended_at timestamptz NOT NULL,
  ended_by text NOT NULL,
  PRIMARY KEY (tenant_id, partner_id)
);

-- A line to the customer's own carrier: a session border controller (SBC) that registers with us, or that has an address.
CREATE TABLE trunk (
  trunk_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  name text NOT NULL CHECK (name <> ''),
  mode text NOT NULL CHECK (mode IN ('register', 'address')),
  username text UNIQUE,
  -- md5(username:domain:password), RFC 7616 A1; the password itself is shown once and kept nowhere
  ha1 text,
  host text,
  port integer CHECK (port BETWEEN 1 AND 65535),
  transport text NOT NULL CHECK (transport IN ('udp', 'tcp')),
  state text NOT NULL CHECK (state IN ('unknown', 'not-registered', 'up', 'unreachable')),
  -- since when it is in this state, and when it answered or failed to answer last
  state_at timestamptz NOT NULL,
  asked_at timestamptz,
  answered_at timestamptz,
  -- the last answer; null: none came in time
  sip_status integer,
  sip_reason text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL,
  CONSTRAINT registers_with_name CHECK ((mode = 'register') = (username IS NOT NULL AND ha1 IS NOT NULL)),
  CONSTRAINT address_is_whole CHECK ((mode = 'address') = (host IS NOT NULL AND port IS NOT NULL))
);
CREATE INDEX trunk_of_tenant ON trunk (tenant_id, trunk_id);
-- Who calls in is known by the address: over UDP with the port; over TCP the port changes with each connection.
CREATE UNIQUE INDEX trunk_udp_address ON trunk (host, port) WHERE mode = 'address' AND transport = 'udp';
CREATE UNIQUE INDEX trunk_tcp_address ON trunk (host) WHERE mode = 'address' AND transport = 'tcp';

CREATE TABLE trunk_test_call (
  test_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  user_id uuid NOT NULL,
  number text NOT NULL,
  actor text NOT NULL,
  at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('calling', 'ringing', 'talking', 'answered', 'failed')),
  sip_status integer,
  sip_reason text NOT NULL DEFAULT '',
  -- our own refusal, where it was one
  refusal text,
  -- packets of sound that came back while it was up
  packets integer NOT NULL DEFAULT 0,
  FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_user (tenant_id, user_id)
);
CREATE INDEX trunk_test_call_of_tenant ON trunk_test_call (tenant_id, test_id);

-- Numbers that stay with the customer's carrier: in service here, never in our stock.
ALTER TABLE phone_number DROP CONSTRAINT phone_number_origin_check;
ALTER TABLE phone_number ADD CONSTRAINT phone_number_origin_check CHECK (origin IN ('stock', 'ported', 'operator', 'trunk'));

SELECT keep_tenants_apart();
