-- Calls to a user that go on to somebody else (A21): a colleague, whose telephone rings, or a number outside, which the user pays for.
CREATE TABLE forwarding (
  tenant_id uuid NOT NULL,
  user_id uuid NOT NULL,
  to_user_id uuid,
  to_number text CHECK (to_number ~ '^\+[1-9][0-9]{5,14}$'),
  PRIMARY KEY (tenant_id, user_id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_user (tenant_id, user_id) ON DELETE CASCADE,
  FOREIGN KEY (tenant_id, to_user_id) REFERENCES tenant_user (tenant_id, user_id) ON DELETE CASCADE,
  CONSTRAINT one_target CHECK (num_nonnulls(to_user_id, to_number) = 1),
  CONSTRAINT not_to_oneself CHECK (to_user_id <> user_id)
);
CREATE INDEX forwarding_to_user ON forwarding (tenant_id, to_user_id) WHERE to_user_id IS NOT NULL;

SELECT keep_tenants_apart();
