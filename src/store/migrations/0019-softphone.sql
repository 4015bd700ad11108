-- G4: test calls in which somebody's browser rang, and in which directions speech arrived. They are no calls: nobody pays for them.
CREATE TABLE test_call (
  test_call_id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenant,
  -- The e-mail address of whose browser it was.
  person text NOT NULL,
  heard_by_us boolean NOT NULL,
  heard_by_them boolean NOT NULL,
  at timestamptz NOT NULL
);
CREATE INDEX test_call_of_tenant ON test_call (tenant_id, test_call_id DESC);
SELECT keep_tenants_apart();
