/** Emergency addresses and the places in them (N6). Rows are never changed: a trigger says so. */
import type { CivicAddress } from '../core/emergency-address.ts'
import type { TenantId, UserId, Uuid } from '../core/ids.ts'
import type { E164 } from '../core/numbering.ts'
import type { Instant } from '../core/time.ts'
import type { Queryable, Tx } from './db.ts'

export interface LocationRow {
  readonly locationId: Uuid
  readonly tenantId: TenantId
  readonly addressId: Uuid
  /** What people call the address. */
  readonly name: string
  /** Floor, room; '' for the address itself. */
  readonly place: string
  readonly address: CivicAddress
  /** As it was typed. */
  readonly entered: CivicAddress
  readonly createdAt: Instant
  /** Numbers that use it, and users among their holders. */
  readonly numbers: number
  readonly users: number
}

interface Flat extends Omit<LocationRow, 'address'> {
  readonly country: CivicAddress['country']
  readonly houseNumber: string
  readonly street: string
  readonly locality: string
  readonly city: string
  readonly region: string
  readonly postalCode: string
}

const SELECT = `SELECT l.location_id AS "locationId", l.tenant_id AS "tenantId", l.address_id AS "addressId", a.name, l.place, a.entered,
    a.country, a.house_number AS "houseNumber", a.street, a.locality, a.city, a.region, a.postal_code AS "postalCode",
    l.created_at AS "createdAt", use.numbers, use.users
  FROM emergency_location l JOIN emergency_address a USING (tenant_id, address_id)
  CROSS JOIN LATERAL (SELECT count(*)::integer AS numbers, count(n.user_id)::integer AS users FROM phone_number n
    WHERE n.location_id = l.location_id) use`

const toRow = ({ country, houseNumber, street, locality, city, region, postalCode, ...row }: Flat): LocationRow => ({
  ...row,
  address: { country, houseNumber, street, locality, city, region, postalCode },
})

export async function insertAddress(
  tx: Tx,
  address: {
    readonly addressId: Uuid
    readonly tenantId: TenantId
    readonly name: string
    readonly address: CivicAddress
    readonly entered: CivicAddress
    readonly createdAt: Instant
  },
): Promise<void> {
  const { country, houseNumber, street, locality, city, region, postalCode } = address.address
  await tx.execute(
    `INSERT INTO emergency_address (address_id, tenant_id, name, country, house_number, street, locality, city, region, postal_code,
                                    entered, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, to_timestamp($12 / 1000.0))`,
    [
      address.addressId,
      address.tenantId,
      address.name,
      country,
      houseNumber,
      street,
      locality,
      city,
      region,
      postalCode,
      JSON.stringify(address.entered),
      address.createdAt,
    ],
  )
}

/** A place of an address, '' for the address itself. `one_location_per_place` refuses the same place again. */
export async function insertLocation(
  tx: Tx,
  location: Pick<LocationRow, 'locationId' | 'tenantId' | 'addressId' | 'place' | 'createdAt'>,
): Promise<void> {
  await tx.execute(
    `INSERT INTO emergency_location (location_id, tenant_id, address_id, place, created_at)
     VALUES ($1, $2, $3, $4, to_timestamp($5 / 1000.0))`,
    [location.locationId, location.tenantId, location.addressId, location.place, location.createdAt],
  )
}

export async function findLocation(db: Queryable, tenantId: TenantId, id: Uuid): Promise<LocationRow | null> {
  const [row] = await db.query<Flat>(`${SELECT} WHERE l.tenant_id = $1 AND l.location_id = $2`, [tenantId, id])
  return row ? toRow(row) : null
}

/** A page of the tenant's locations, oldest first; those after `after`, of one country if given. */
export async function listLocations(
  db: Queryable,
  tenantId: TenantId,
  page: { readonly limit: number; readonly after: Uuid | null; readonly country: string | null },
): Promise<LocationRow[]> {
  const rows = await db.query<Flat>(
    `${SELECT} WHERE l.tenant_id = $1 AND ($2::uuid IS NULL OR l.location_id > $2) AND ($3::text IS NULL OR a.country = $3)
     ORDER BY l.location_id LIMIT $4`,
    [tenantId, page.after, page.country, page.limit],
  )
  return rows.map(toRow)
}

/** Keeps the location while a number is being pointed to it; null when it is gone. */
export async function holdLocation(tx: Tx, tenantId: TenantId, id: Uuid): Promise<LocationRow | null> {
  await tx.query(`SELECT FROM emergency_location WHERE tenant_id = $1 AND location_id = $2 FOR KEY SHARE`, [
    tenantId,
    id,
  ])
  return findLocation(tx, tenantId, id)
}

export interface LocationUser {
  readonly numberId: Uuid
  readonly number: E164
  readonly userId: UserId | null
  readonly userName: string | null
}

/** Who uses a location, or any place of its address; the first hundred. */
export const usersOfLocation = (
  db: Queryable,
  of: { readonly locationId: Uuid } | { readonly addressId: Uuid },
): Promise<LocationUser[]> =>
  db.query<LocationUser>(
    `SELECT n.number_id AS "numberId", n.number, n.user_id AS "userId", u.name AS "userName"
     FROM phone_number n JOIN emergency_location l ON l.location_id = n.location_id
     LEFT JOIN tenant_user u ON u.user_id = n.user_id
     WHERE l.${'locationId' in of ? 'location_id' : 'address_id'} = $1 ORDER BY n.number LIMIT 100`,
    ['locationId' in of ? of.locationId : of.addressId],
  )

/** Removes a place, or with the place '' the address and all of its places. Numbers must not use them: a key refuses. */
export async function deleteLocation(tx: Tx, location: LocationRow): Promise<void> {
  if (location.place === '') {
    await tx.execute('DELETE FROM emergency_address WHERE address_id = $1', [location.addressId])
  } else {
    await tx.execute('DELETE FROM emergency_location WHERE location_id = $1', [location.locationId])
  }
}
