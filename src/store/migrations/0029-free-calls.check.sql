-- Every statement must return no rows.
SELECT 'no table free_call' WHERE to_regclass('free_call') IS NULL;
