-- Every statement must return no rows.
SELECT 'missing table fake_card_charge' WHERE to_regclass('fake_card_charge') IS NULL;
