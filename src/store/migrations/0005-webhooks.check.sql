-- Every statement must return no rows.
SELECT 'missing table ' || name FROM unnest(ARRAY['event', 'event_once', 'webhook_endpoint', 'webhook_delivery', 'event_mail']) name
  WHERE to_regclass(name) IS NULL;
SELECT 'a tenant without endpoints pays for events: ' || tenant_id FROM tenant
  WHERE call_events AND NOT EXISTS (SELECT FROM webhook_endpoint w WHERE w.tenant_id = tenant.tenant_id);
