/**
 * L4, of a number `n` and its tenant `t`: the tenant’s own carrier carries and bills what is called from it outside by nobody of the tenant
 * (an attendant, A21). So it is for every number of a tenant without a plan, and for those that stay with that carrier
 * (docs/decisions/0011). Who bills a call and which way it goes are asked at two moments; one condition keeps them from differing.
 */
export const OWN_CARRIER = `(n.origin = 'trunk' OR t.licence_type = 'without-calling-plan')`
