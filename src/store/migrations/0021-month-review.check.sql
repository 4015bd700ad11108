-- Every statement must return no rows.
SELECT 'missing table month_review' WHERE to_regclass('month_review') IS NULL;
SELECT 'month_review is not behind the wall' FROM pg_class WHERE oid = to_regclass('month_review') AND NOT relrowsecurity;
