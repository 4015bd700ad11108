-- Every statement must return no rows.
SELECT 'missing table test_call' WHERE to_regclass('test_call') IS NULL;
