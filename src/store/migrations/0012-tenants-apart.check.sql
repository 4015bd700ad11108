-- Every table with a tenant is behind the wall, and for that role only.
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND NOT (c.relrowsecurity AND EXISTS (
    SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polroles = ARRAY['ringfence_tenant'::regrole::oid] AND p.polcmd = '*'));

-- The role can do nothing by itself.
SELECT rolname FROM pg_roles WHERE rolname = 'ringfence_tenant' AND (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolcanlogin);
