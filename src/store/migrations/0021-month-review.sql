-- What a month that is over would have cost with the cheapest licences and plans (G1): worked out once, after its end, and shown on Home.

CREATE TABLE month_review (
  tenant_id uuid NOT NULL REFERENCES tenant,
  month text NOT NULL CHECK (month ~ '^[0-9]{4}-[0-9]{2}$'),
  reviewed_at timestamptz NOT NULL,
  calls integer NOT NULL CHECK (calls >= 0),
  -- why nothing is said about this month
  silent text CHECK (silent IN ('thin', 'unpriced', 'not-proven', 'nothing-to-save')),
  before_micros bigint,
  best_micros bigint,
  -- of which, in micros as text: {"licences": "182000000", "international": "31200000", "credits": "7425000"}
  costs_before json,
  costs_best json,
  -- counts, as they were and as they would have been: {"licences": 8, "international": 3}
  seats_before json,
  seats_best json,
  PRIMARY KEY (tenant_id, month),
  CONSTRAINT said_with_figures CHECK (silent IS NOT NULL OR (
    before_micros > best_micros AND costs_before IS NOT NULL AND costs_best IS NOT NULL
    AND seats_before IS NOT NULL AND seats_best IS NOT NULL))
);
SELECT keep_tenants_apart();
