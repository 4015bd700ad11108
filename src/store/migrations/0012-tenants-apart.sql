-- Row-level security for requests that name a tenant (docs/decisions/0006). The role `ringfence_tenant` is made before migrations run
-- (src/store/tenant-wall.ts). Our own role owns the tables and is not touched by policies: charging, jobs and sign-in run as it.

-- Puts every table with a `tenant_id` behind the wall: row-level security, one policy for reading and writing, and the right to read and
-- insert; to update and delete where that is allowed at all. Runs at each start, so a table of a later migration is never without.
-- Where no tenant is set, `current_setting` fails, and so does the statement. Partitions are reached through their parents only.
CREATE FUNCTION keep_tenants_apart() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  one record;
BEGIN
  FOR one IN
    SELECT c.oid::regclass AS name, c.relrowsecurity AS is_walled,
      EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenants_apart') AS has_policy,
      EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'append_only') AS is_append_only
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    ORDER BY c.relname
  LOOP
    IF NOT one.is_walled THEN
      EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', one.name);
    END IF;
    IF NOT one.has_policy THEN
      EXECUTE format('CREATE POLICY tenants_apart ON %s TO ringfence_tenant USING (tenant_id = current_setting(''app.tenant'')::uuid)', one.name);
    END IF;
    IF NOT has_table_privilege('ringfence_tenant', one.name::oid, 'INSERT') THEN
      EXECUTE format('GRANT SELECT, INSERT ON %s TO ringfence_tenant', one.name);
      IF NOT one.is_append_only THEN
        EXECUTE format('GRANT UPDATE, DELETE ON %s TO ringfence_tenant', one.name);
      END IF;
    END IF;
  END LOOP;
END $$;

SELECT keep_tenants_apart();

-- What all tenants share. Everything else (people and their secrets, sessions, the installation) is not granted.
GRANT SELECT ON rate, rate_deck, rate_deck_activation, seat_price, partner, fund_use_mark TO ringfence_tenant;
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency_key TO ringfence_tenant;
-- Letters about events are written by the mailer; a request may only ask for one.
GRANT INSERT ON event_mail TO ringfence_tenant;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ringfence_tenant;

-- Parts of a job belong to the tenant of the job.
ALTER TABLE job_piece ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenants_apart ON job_piece TO ringfence_tenant USING (EXISTS (SELECT FROM job WHERE job.job_id = job_piece.job_id));
GRANT SELECT, INSERT, UPDATE, DELETE ON job_piece TO ringfence_tenant;

-- People are seen where they hold a role, and never with their secrets.
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE passkey ENABLE ROW LEVEL SECURITY;
ALTER TABLE person_session ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenants_apart ON person FOR SELECT TO ringfence_tenant
  USING (EXISTS (SELECT FROM role_grant WHERE role_grant.person_id = person.person_id));
CREATE POLICY tenants_apart ON passkey FOR SELECT TO ringfence_tenant
  USING (EXISTS (SELECT FROM role_grant WHERE role_grant.person_id = passkey.person_id));
CREATE POLICY tenants_apart ON person_session FOR SELECT TO ringfence_tenant
  USING (EXISTS (SELECT FROM role_grant WHERE role_grant.person_id = person_session.person_id));
GRANT SELECT (person_id, email, name, language, created_at, disabled_at, totp_confirmed) ON person TO ringfence_tenant;
GRANT SELECT (person_id) ON passkey TO ringfence_tenant;
GRANT SELECT (person_id, seen_at) ON person_session TO ringfence_tenant;

-- As whom somebody acts at a tenant where they hold no role of their own: the operator, or a partner. Their grants belong to no tenant, so
-- this answers that one question with the rights of the owner, for the audit log.
CREATE FUNCTION guest_at(tenant uuid, actor text) RETURNS TABLE (role text, partner_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT g.role, g.partner_id FROM person p JOIN role_grant g ON g.person_id = p.person_id
  LEFT JOIN partner_tenant t ON t.partner_id = g.partner_id AND t.tenant_id = tenant
  WHERE p.email = actor AND tenant IS NOT NULL AND (g.role = 'operator' OR t.tenant_id IS NOT NULL)
    AND NOT EXISTS (SELECT FROM role_grant own WHERE own.person_id = p.person_id AND own.tenant_id = tenant)
  ORDER BY g.partner_id NULLS LAST LIMIT 1
$$;
REVOKE EXECUTE ON FUNCTION guest_at(uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guest_at(uuid, text) TO ringfence_tenant;
