/** The people of the demonstration, who enter without a password at the machine itself: one for each way to look at it. */
import type { PartnerId, PersonId, TenantId } from '../core/ids.ts'
import { INSTALLATION, type Place, type Role } from '../core/permission.ts'
import type { Language } from '../core/problems.ts'
import { type Instant, instant } from '../core/time.ts'
import { type Db, inTransaction, type Tx } from '../store/db.ts'
import { readInstallation, writeInstallation } from '../store/installation.ts'
import { addPartnerTenant, insertPartner } from '../store/partner.ts'
import { findPersonByEmail, insertPerson } from '../store/person.ts'
import { grantRole } from '../store/role-grant.ts'

export interface DemoPerson {
  readonly personId: PersonId
  readonly name: string
  readonly email: string
  readonly role: Role
  /** The tenant, the partner; null: the installation. */
  readonly of: string | null
}

export interface DemoTenantRef {
  readonly tenantId: TenantId
  readonly name: string
}

const KEY = 'demo-persons'
const PARTNER = 'Voxia'

interface Planned {
  readonly name: string
  readonly email: string
  readonly language: Language
  readonly role: Role
}

/** Nobody reads mail at these addresses (RFC 2606). */
const ADMIN: Planned = {
  name: 'Camille Roy',
  email: 'camille.roy@boreal.example',
  language: 'en',
  role: 'global-admin',
}
const LOOKER: Planned = { name: 'Noah Keller', email: 'noah.keller@boreal.example', language: 'en', role: 'read-only' }
const BILLING: Planned = {
  name: 'Salomé Weiss',
  email: 'salome.weiss@boreal.example',
  language: 'fr',
  role: 'billing-admin',
}
const RESELLER: Planned = { name: 'Iris Caron', email: 'iris.caron@voxia.example', language: 'fr', role: 'partner' }
const OPERATOR: Planned = { name: 'Otto Lind', email: 'otto.lind@ringfence.example', language: 'en', role: 'operator' }

export interface PersonsOptions {
  readonly db: Db
  readonly newId: () => PersonId
  readonly at: Instant
  /** In the order in which they were made: the first is the one that people run; a partner looks after the second. */
  readonly tenants: readonly DemoTenantRef[]
}

/** The people of this installation's demonstration; none where there is no demonstration. */
export async function readDemoPersons(db: Db): Promise<readonly DemoPerson[]> {
  const value = await readInstallation(db, KEY)
  return value === null ? [] : (JSON.parse(value) as DemoPerson[])
}

/** Makes them once; again it changes nothing. */
export async function makeDemoPersons({ db, newId, at, tenants }: PersonsOptions): Promise<void> {
  if ((await readDemoPersons(db)).length > 0) return
  const [first, second] = tenants
  if (!first) return
  await inTransaction(db, async (tx) => {
    const make = (planned: Planned, places: readonly Place[], of: string | null): Promise<DemoPerson> =>
      makePerson(tx, planned, places, of, newId(), at)
    const atTenant = ({ tenantId }: DemoTenantRef): Place => ({ partnerId: null, tenantId })
    const persons = [
      await make(ADMIN, tenants.map(atTenant), first.name),
      await make(BILLING, [atTenant(first)], first.name),
      await make(LOOKER, [atTenant(first)], first.name),
    ]
    if (second) {
      const partnerId = newId() as string as PartnerId
      await insertPartner(tx, { partnerId, name: PARTNER, createdAt: at })
      await addPartnerTenant(tx, partnerId, second.tenantId, at)
      persons.push(await make(RESELLER, [{ partnerId, tenantId: null }], PARTNER))
    }
    persons.push(await make(OPERATOR, [INSTALLATION], null))
    await writeInstallation(tx, KEY, JSON.stringify(persons))
  })
}

async function makePerson(
  tx: Tx,
  { name, email, language, role }: Planned,
  places: readonly Place[],
  of: string | null,
  fresh: PersonId,
  at: Instant,
): Promise<DemoPerson> {
  const known = await findPersonByEmail(tx, email)
  const personId = known?.personId ?? fresh
  if (!known) await insertPerson(tx, { personId, email, name, language, passwordHash: null, at: instant(at) })
  for (const place of places) await grantRole(tx, place, personId, role, at)
  return { personId, name, email, role, of }
}
