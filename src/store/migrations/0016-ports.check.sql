-- Every statement finds nothing.
SELECT o.order_id FROM port_order o JOIN port_order_number n USING (order_id) WHERE n.is_open <> o.is_open OR n.tenant_id <> o.tenant_id;
-- A number on its way is not in service.
SELECT p.number FROM port_order_number p JOIN phone_number n USING (number) WHERE p.is_open;
-- What was sent has numbers.
SELECT o.order_id FROM port_order o WHERE o.status NOT IN ('draft', 'error', 'cancelled') AND NOT EXISTS (SELECT FROM port_order_number n WHERE n.order_id = o.order_id);
SELECT o.order_id FROM port_order o WHERE o.status <> 'draft' AND NOT EXISTS (SELECT FROM port_letter l WHERE l.order_id = o.order_id);
-- What waits for a date has one.
SELECT order_id FROM port_order WHERE status IN ('transfer-approved', 'transfer-pending') AND next_at IS NULL;
