-- Porting (N5): orders for numbers that come from another carrier, what became of them, and numbers that leave.

CREATE TABLE port_order (
  order_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  -- PO-118: counted at each tenant
  reference integer NOT NULL CHECK (reference > 0),
  status text NOT NULL CHECK (status IN ('draft', 'processing', 'contacting-carrier', 'transfer-approved', 'transfer-pending',
    'error', 'completed', 'cancelled')),
  -- While it is, its numbers are in no other order (one_open_order) and nobody puts them in service (number_in_port).
  is_open boolean NOT NULL,
  -- counts changes: of two admins the second is told
  version integer NOT NULL,
  country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  type text NOT NULL CHECK (type IN ('geographic', 'mobile', 'toll-free', 'service')),
  kind text NOT NULL CHECK (kind IN ('full', 'partial')),
  name text NOT NULL,
  notify text[] NOT NULL,
  language text NOT NULL CHECK (language IN ('en', 'fr')),
  transfer_date date,
  carrier text NOT NULL,
  account_number text NOT NULL,
  -- of the losing carrier, who asks for it; forgotten when the order has ended
  pin text,
  organisation text NOT NULL,
  contact text NOT NULL,
  billing_number text,
  service_address jsonb,
  unfrozen boolean NOT NULL,
  location_id uuid,
  -- lines of the file that cannot be in it: [{line, text, fault}]
  left_out jsonb NOT NULL,
  -- who asks the losing carrier: core/carriers
  adapter text,
  -- how often it was sent: a carrier's answer to an earlier try does not count
  attempt integer NOT NULL,
  carrier_reference text,
  -- when it goes on by itself, by the tenant's clock
  next_at timestamptz,
  foc_at timestamptz,
  -- why it was rejected: [{reason, words}]
  rejections jsonb NOT NULL,
  submitted_at timestamptz,
  ended_at timestamptz,
  created_at timestamptz NOT NULL,
  created_by text NOT NULL,
  UNIQUE (tenant_id, reference),
  UNIQUE (order_id, is_open),
  CONSTRAINT open_by_status CHECK (is_open = (status IN ('processing', 'contacting-carrier', 'transfer-approved', 'transfer-pending', 'error'))),
  CONSTRAINT sent_has_adapter CHECK (status = 'draft' OR (adapter IS NOT NULL AND submitted_at IS NOT NULL AND attempt > 0)),
  CONSTRAINT approved_has_date CHECK (status NOT IN ('transfer-approved', 'transfer-pending', 'completed') OR foc_at IS NOT NULL),
  CONSTRAINT error_has_reason CHECK ((status = 'error') = (jsonb_array_length(rejections) > 0)),
  CONSTRAINT ended_has_time CHECK ((status IN ('completed', 'cancelled')) = (ended_at IS NOT NULL)),
  CONSTRAINT ended_without_pin CHECK (status <> 'completed' OR pin IS NULL),
  FOREIGN KEY (tenant_id, location_id) REFERENCES emergency_location (tenant_id, location_id)
);
CREATE INDEX port_order_of_tenant ON port_order (tenant_id, order_id);
CREATE INDEX port_order_due ON port_order (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX port_order_work ON port_order (order_id) WHERE is_open;

CREATE TABLE port_order_number (
  order_id uuid NOT NULL,
  tenant_id uuid NOT NULL REFERENCES tenant,
  number text COLLATE "C" NOT NULL CHECK (number ~ '^\+[1-9][0-9]{2,14}$'),
  is_open boolean NOT NULL,
  -- the number in service that it replaces when it arrives, and that one's digits, which remain
  replaces_id uuid,
  replaces text,
  PRIMARY KEY (order_id, number),
  FOREIGN KEY (order_id, is_open) REFERENCES port_order (order_id, is_open) ON UPDATE CASCADE ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, replaces_id) REFERENCES phone_number (tenant_id, number_id) ON DELETE SET NULL (replaces_id),
  CONSTRAINT replaced_once UNIQUE (order_id, replaces_id)
);
CREATE UNIQUE INDEX one_open_order ON port_order_number (number) WHERE is_open;
CREATE INDEX port_order_number_replaces ON port_order_number (replaces_id) WHERE replaces_id IS NOT NULL;

-- The letter of authorisation, as it was uploaded.
CREATE TABLE port_letter (
  order_id uuid PRIMARY KEY REFERENCES port_order ON DELETE CASCADE,
  tenant_id uuid NOT NULL REFERENCES tenant,
  file_name text NOT NULL,
  content bytea NOT NULL CHECK (length(content) BETWEEN 1 AND 5242880),
  sha256 text NOT NULL,
  uploaded_at timestamptz NOT NULL,
  uploaded_by text NOT NULL
);

-- What became of an order, step by step.
CREATE TABLE port_step (
  step_id uuid PRIMARY KEY,
  order_id uuid NOT NULL REFERENCES port_order ON DELETE CASCADE,
  tenant_id uuid NOT NULL REFERENCES tenant,
  at timestamptz NOT NULL,
  event text NOT NULL,
  status text NOT NULL,
  -- a person's address, a key's name, or the carrier
  actor text NOT NULL,
  rejections jsonb NOT NULL,
  foc_at timestamptz
);
CREATE INDEX port_step_of_order ON port_step (order_id, step_id);

-- What another carrier must know to take a number away.
CREATE TABLE port_out_pin (
  tenant_id uuid PRIMARY KEY REFERENCES tenant,
  pin_hash text NOT NULL,
  set_at timestamptz NOT NULL,
  set_by text NOT NULL
);

CREATE TABLE port_out (
  port_out_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  number text COLLATE "C" NOT NULL,
  carrier text NOT NULL,
  status text NOT NULL CHECK (status IN ('scheduled', 'completed', 'cancelled')),
  -- by the tenant's clock
  requested_at timestamptz NOT NULL,
  leaves_at timestamptz NOT NULL,
  ended_at timestamptz,
  CONSTRAINT port_out_ended CHECK ((status = 'scheduled') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX leaves_once ON port_out (number) WHERE status = 'scheduled';
CREATE INDEX port_out_of_tenant ON port_out (tenant_id, port_out_id);
CREATE INDEX port_out_due ON port_out (leaves_at) WHERE status = 'scheduled';

-- A number on its way to us is put in service by its order alone, whoever else asks.
CREATE FUNCTION number_in_port() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM port_order_number WHERE number = NEW.number AND is_open) THEN
    RAISE EXCEPTION '% is being ported', NEW.number USING ERRCODE = 'unique_violation', CONSTRAINT = 'phone_number_pkey';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER number_in_port BEFORE INSERT OR UPDATE OF number ON phone_number
  FOR EACH ROW EXECUTE FUNCTION number_in_port();

-- Where numbers are already, in the whole installation: the place, and of other tenants nothing else.
CREATE FUNCTION port_number_places(wanted text[], tenant uuid, besides uuid) RETURNS TABLE (number text, fault text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT ON (number) number, fault FROM (
    SELECT n.number, CASE WHEN n.tenant_id = tenant THEN 'in-service-here' ELSE 'in-service-elsewhere' END AS fault, 1 AS place
    FROM phone_number n WHERE n.number = ANY(wanted)
    UNION ALL
    SELECT p.number, CASE WHEN p.tenant_id = tenant THEN 'in-other-order' ELSE 'in-port-elsewhere' END, 2
    FROM port_order_number p WHERE p.number = ANY(wanted) AND p.is_open AND p.order_id <> besides
    UNION ALL
    SELECT s.number, 'in-stock', 3 FROM number_stock s
    WHERE s.number = ANY(wanted) AND (s.status IN ('available', 'reserved') OR (s.status = 'quarantine' AND s.after_quarantine = 'available'))
  ) known ORDER BY number, place
$$;
REVOKE EXECUTE ON FUNCTION port_number_places(text[], uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION port_number_places(text[], uuid, uuid) TO ringfence_tenant;

SELECT keep_tenants_apart();
