-- Only numbers of services lead to an attendant.
SELECT a.number_id FROM attendant_number a JOIN phone_number n USING (number_id) WHERE n.type = 'user';
