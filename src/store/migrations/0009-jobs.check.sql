-- Every statement must return no rows.
SELECT 'missing table ' || name FROM unnest(ARRAY['job', 'job_piece']) name WHERE to_regclass(name) IS NULL;
SELECT 'missing index ' || name FROM unnest(ARRAY['job_of_tenant', 'job_unfinished', 'job_expiring']) name WHERE to_regclass(name) IS NULL;
