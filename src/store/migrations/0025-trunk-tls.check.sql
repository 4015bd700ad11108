-- Every statement must return no rows.
SELECT 'missing column trunk.' || name FROM unnest(ARRAY['certificate_name', 'certificate_fingerprint']) name WHERE NOT EXISTS (
  SELECT FROM pg_attribute WHERE attrelid = 'trunk'::regclass AND attname = name);
SELECT 'TLS is refused' WHERE NOT EXISTS (SELECT FROM pg_constraint
  WHERE conrelid = 'trunk'::regclass AND conname = 'trunk_transport_check' AND pg_get_constraintdef(oid) LIKE '%tls%');
SELECT 'missing constraint ' || name FROM unnest(ARRAY['tls_has_one_certificate', 'tls_has_address']) name WHERE NOT EXISTS (
  SELECT FROM pg_constraint WHERE conrelid = 'trunk'::regclass AND conname = name);
SELECT 'missing index trunk_tls_address' WHERE to_regclass('trunk_tls_address') IS NULL;
SELECT 'over TLS without a certificate to compare: ' || trunk_id FROM trunk
  WHERE transport = 'tls' AND certificate_name IS NULL AND certificate_fingerprint IS NULL;
