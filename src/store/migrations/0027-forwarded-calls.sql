-- A report of outgoing calls without the forwarded ones (A2, A21) has to know which these are, and `call_record_by_start` does not hold
-- the record's details: chart and totals of a month opened every record for it. Forwarded calls are few.
CREATE INDEX call_record_forwarded ON call_record (tenant_id, started_at, call_id)
  INCLUDE (user_id, direction, classification, result, answered_at, charged_seconds, charge_micros)
  WHERE details -> 'forwards' IS NOT NULL;
