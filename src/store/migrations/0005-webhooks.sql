-- Facts that others want to hear of (P51): an event is written in the transaction of the fact itself, together with what has to be
-- delivered; delivery comes afterwards, at least once. Ids are UUIDv7, so what is old is deleted by id (jobs/forget.ts).

ALTER TABLE tenant ADD COLUMN call_events boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN tenant.call_events IS 'an endpoint wants call.* events; tenants without one pay nothing for them';

CREATE TABLE event (
  event_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL,
  type text NOT NULL,
  at timestamptz NOT NULL,
  -- json, not jsonb: it is signed and sent as it was written, byte for byte
  payload json NOT NULL
);
CREATE INDEX event_of_tenant ON event (tenant_id, event_id);

-- What has been said and is not said again: `pool:US:domestic:2026-11 80`, or `wallet.low` until money comes in.
CREATE TABLE event_once (
  tenant_id uuid NOT NULL,
  key text COLLATE "C" NOT NULL,
  event_id uuid NOT NULL,
  PRIMARY KEY (tenant_id, key)
);

CREATE TABLE webhook_endpoint (
  endpoint_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  url text NOT NULL CHECK (url ~ '^https?://'),
  description text NOT NULL,
  types text[] NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  disabled_reason text CHECK (disabled_reason IN ('by-admin', 'gone')),
  secret text NOT NULL CHECK (secret LIKE 'whsec\_%'),
  former_secret text,
  former_until timestamptz,
  created_at timestamptz NOT NULL,
  CHECK (enabled = (disabled_reason IS NULL)),
  CHECK ((former_secret IS NULL) = (former_until IS NULL))
);
COMMENT ON COLUMN webhook_endpoint.types IS 'empty: every type, later ones too';
CREATE INDEX webhook_endpoint_of_tenant ON webhook_endpoint (tenant_id, endpoint_id);

-- One row per event and endpoint that wants it. No foreign keys: they would lock rows of others in the path of calls.
CREATE TABLE webhook_delivery (
  event_id uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  tenant_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'parked')),
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  next_attempt_at timestamptz,
  last_attempt_at timestamptz,
  response_status smallint,
  response_body text,
  failure text,
  PRIMARY KEY (event_id, endpoint_id),
  CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, next_attempt_at) WHERE state = 'pending';
CREATE INDEX webhook_delivery_of_endpoint ON webhook_delivery (endpoint_id, event_id);

-- W7: events that billing admins are told by mail. The row goes when all of them were.
CREATE TABLE event_mail (
  event_id uuid PRIMARY KEY,
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  next_attempt_at timestamptz NOT NULL,
  sent_to text[] NOT NULL DEFAULT '{}'
);
CREATE INDEX event_mail_due ON event_mail (next_attempt_at);
