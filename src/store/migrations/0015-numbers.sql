-- Numbers (N1–N4) and emergency locations (N6). `phone_number` stays what it was: a number in service, with one tenant and at most one
-- user. Around it: the operator's stock, orders with their reservations, addresses, and what a caller shows.

-- Only validated addresses are kept, and they are never changed: what was given to a call centre must stay what it was. To change one
-- is to make another and to delete the former.
CREATE TABLE emergency_address (
  address_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  -- what people call it: Head office
  name text NOT NULL,
  country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  house_number text NOT NULL,
  street text NOT NULL,
  locality text NOT NULL,
  city text NOT NULL,
  region text NOT NULL,
  postal_code text NOT NULL,
  -- as it was typed, beside what the validation made of it
  entered jsonb NOT NULL,
  created_at timestamptz NOT NULL,
  UNIQUE (tenant_id, address_id)
);
CREATE FUNCTION never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER never_changed BEFORE UPDATE ON emergency_address FOR EACH ROW
  WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION never_changed();

-- An address with a place in it (floor, room), or without one (''). Each combination has its own id.
CREATE TABLE emergency_location (
  location_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  address_id uuid NOT NULL,
  place text NOT NULL,
  created_at timestamptz NOT NULL,
  FOREIGN KEY (tenant_id, address_id) REFERENCES emergency_address (tenant_id, address_id) ON DELETE CASCADE,
  UNIQUE (tenant_id, location_id),
  CONSTRAINT one_location_per_place UNIQUE (address_id, place)
);
CREATE TRIGGER never_changed BEFORE UPDATE ON emergency_location FOR EACH ROW
  WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION never_changed();

ALTER TABLE phone_number
  ADD COLUMN origin text NOT NULL DEFAULT 'operator' CHECK (origin IN ('stock', 'ported', 'operator')),
  ADD COLUMN country text CHECK (country ~ '^[A-Z]{2}$'),
  ADD COLUMN city text NOT NULL DEFAULT '',
  ADD COLUMN area_code text NOT NULL DEFAULT '',
  ADD COLUMN temporary boolean NOT NULL DEFAULT false,
  ADD COLUMN location_id uuid,
  ADD COLUMN callback_until timestamptz,
  ADD CONSTRAINT number_of_tenant UNIQUE (tenant_id, number_id),
  ADD CONSTRAINT location_of_number FOREIGN KEY (tenant_id, location_id) REFERENCES emergency_location (tenant_id, location_id);
COMMENT ON COLUMN phone_number.country IS 'null: what the numbering plan says of the digits, if anything';
COMMENT ON COLUMN phone_number.temporary IS 'stands in for a number that is being ported; swapped when it arrives';
COMMENT ON COLUMN phone_number.callback_until IS 'an emergency call was made with it: until then no call to it is refused';
CREATE INDEX phone_number_of_location ON phone_number (location_id) WHERE location_id IS NOT NULL;

-- What a user shows who is called: absent, the own number.
CREATE TABLE caller_id (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('service', 'withheld')),
  number_id uuid,
  PRIMARY KEY (tenant_id, user_id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_user (tenant_id, user_id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, number_id) REFERENCES phone_number (tenant_id, number_id) ON DELETE CASCADE,
  CONSTRAINT service_has_number CHECK ((kind = 'service') = (number_id IS NOT NULL))
);
CREATE INDEX caller_id_of_number ON caller_id (number_id) WHERE number_id IS NOT NULL;

-- N3: ten minutes to decide, then a name and the numbers are in service; or they go back.
CREATE TABLE number_order (
  order_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  status text NOT NULL CHECK (status IN ('reserved', 'completed', 'cancelled', 'expired')),
  name text NOT NULL DEFAULT '',
  description text NOT NULL DEFAULT '',
  country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  type text NOT NULL CHECK (type IN ('user', 'service-toll', 'service-toll-free')),
  numbers text[] NOT NULL,
  -- by the tenant's clock
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  -- by the real clock: a sandbox whose clock stands still keeps nothing for ever
  made_at timestamptz NOT NULL,
  CONSTRAINT ended_has_time CHECK ((status = 'reserved') = (ended_at IS NULL))
);
CREATE INDEX number_order_of_tenant ON number_order (tenant_id, order_id);
CREATE INDEX number_order_open ON number_order (expires_at) WHERE status = 'reserved';

-- The operator's numbers. One row for each, so that a number is with one order at most, whoever asks at the same moment.
CREATE TABLE number_stock (
  number text COLLATE "C" PRIMARY KEY CHECK (number ~ '^\+[1-9][0-9]{2,14}$'),
  type text NOT NULL CHECK (type IN ('user', 'service-toll', 'service-toll-free')),
  country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  city text NOT NULL,
  area_code text NOT NULL,
  carrier text NOT NULL,
  status text NOT NULL CHECK (status IN ('available', 'reserved', 'in-service', 'quarantine', 'withdrawn')),
  order_id uuid REFERENCES number_order,
  quarantine_until timestamptz,
  -- what it becomes then: a ported number goes back to the carrier that it came from
  after_quarantine text NOT NULL DEFAULT 'available' CHECK (after_quarantine IN ('available', 'withdrawn')),
  added_at timestamptz NOT NULL,
  CONSTRAINT quarantine_has_end CHECK ((status = 'quarantine') = (quarantine_until IS NOT NULL)),
  CONSTRAINT reserved_for_an_order CHECK (status <> 'reserved' OR order_id IS NOT NULL),
  CONSTRAINT free_of_orders CHECK (status IN ('reserved', 'in-service') OR order_id IS NULL)
);
CREATE INDEX number_stock_available ON number_stock (country, type, city, number) WHERE status = 'available';
CREATE INDEX number_stock_area ON number_stock (country, type, area_code, number) WHERE status = 'available';
CREATE INDEX number_stock_of_order ON number_stock (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX number_stock_quarantine ON number_stock (quarantine_until) WHERE status = 'quarantine';

-- A tenant sees what is free and what is its own, and nothing of whom the rest is with.
ALTER TABLE number_stock ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenants_apart ON number_stock TO ringfence_tenant
  USING (status = 'available'
    OR EXISTS (SELECT FROM number_order o WHERE o.order_id = number_stock.order_id)
    OR EXISTS (SELECT FROM phone_number n WHERE n.number = number_stock.number))
  WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON number_stock TO ringfence_tenant;

-- Whatever puts a number in service takes it out of the stock, in the same statement. One that is reserved belongs to whoever reserved
-- it: for all others it is taken. Sees all of the stock, also for a tenant that does not.
CREATE FUNCTION number_leaves_stock() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  held_by uuid;
BEGIN
  SELECT o.tenant_id INTO held_by FROM number_stock s JOIN number_order o USING (order_id)
  WHERE s.number = NEW.number AND s.status = 'reserved' FOR UPDATE OF s;
  IF held_by IS NOT NULL AND held_by <> NEW.tenant_id THEN
    RAISE EXCEPTION '% is reserved', NEW.number USING ERRCODE = 'unique_violation', CONSTRAINT = 'phone_number_pkey';
  END IF;
  UPDATE number_stock SET status = 'in-service', quarantine_until = NULL WHERE number = NEW.number AND status <> 'in-service';
  RETURN NULL;
END $$;
CREATE TRIGGER number_leaves_stock AFTER INSERT OR UPDATE OF number ON phone_number
  FOR EACH ROW EXECUTE FUNCTION number_leaves_stock();

CREATE TABLE number_setting (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  quarantine_days integer NOT NULL CHECK (quarantine_days BETWEEN 0 AND 3650)
);
INSERT INTO number_setting (quarantine_days) VALUES (90);
GRANT SELECT ON number_setting TO ringfence_tenant;

-- Whom to tell when somebody calls an emergency number.
CREATE TABLE emergency_desk (
  tenant_id uuid PRIMARY KEY REFERENCES tenant,
  emails text[] NOT NULL
);

-- Emergency calls as the switch saw them.
CREATE TABLE emergency_call (
  session_id text PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  user_id uuid NOT NULL,
  dialled text NOT NULL,
  number text,
  location_id uuid,
  at timestamptz NOT NULL,
  FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_user (tenant_id, user_id)
);
CREATE INDEX emergency_call_of_tenant ON emergency_call (tenant_id, at);

-- What came in on a number of a service (facts §5: 100 minutes a month), without a look at each record.
CREATE INDEX call_record_of_service ON call_record (tenant_id, called_number, started_at) WHERE direction = 'in';

SELECT keep_tenants_apart();
