-- Every statement must return no rows.
SELECT 'missing table ' || name FROM unnest(ARRAY['fund_use', 'fund_use_person', 'fund_use_total', 'fund_use_mark', 'fund_use_pending', 'books_check',
  'forecast_told']) name WHERE to_regclass(name) IS NULL;
SELECT 'the mark is one row' FROM (SELECT count(*) AS rows FROM fund_use_mark) mark WHERE rows <> 1;
SELECT 'use by person is not use: ' || fund FROM (
  SELECT tenant_id, fund, sum(amount) AS total FROM fund_use WHERE fund NOT LIKE 'beyond%' GROUP BY tenant_id, fund) u
  FULL JOIN (SELECT tenant_id, fund, sum(amount) AS total FROM fund_use_person GROUP BY tenant_id, fund) p
  USING (tenant_id, fund) WHERE u.total IS DISTINCT FROM p.total;
SELECT 'use by person is not its total: ' || fund FROM (
  SELECT tenant_id, fund, user_id, sum(amount) AS total FROM fund_use_person GROUP BY tenant_id, fund, user_id) d
  FULL JOIN fund_use_total t USING (tenant_id, fund, user_id) WHERE d.total IS DISTINCT FROM t.amount;
