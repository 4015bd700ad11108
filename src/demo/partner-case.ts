/** A customer without a plan in mid-path (G3), and one whom nobody has taken up yet: through the API, the partner's acts as the partner. */
import { randomBytes } from 'node:crypto'
import { hashSecret } from '../api/auth.ts'
import type { App, Deps } from '../api/server.ts'
import { formatId, type Uuid } from '../core/ids.ts'
import { inTransaction } from '../store/db.ts'
import { insertSession, revokeSessions } from '../store/person-session.ts'
import { partnersOfPerson } from '../store/role-grant.ts'
import type { DemoApi } from './demo-api.ts'
import { readDemoPersons } from './persons.ts'

const CONTACT = { name: 'Julien Petit', email: 'julien.petit@lumiere.example', phone: '+33 1 99 00 12 00' }
const INTAKE = {
  people: 4,
  phones: 1,
  phoneSystem: 'Opale PBX 200',
  carrier: 'Opale Télécom',
  carrierLink: 'isdn',
  internet: 'fibre',
  internetMbps: 300,
  sites: 2,
  siteLink: 'vpn',
  special: ['menus', 'meeting-rooms'],
  notes: 'The second site is the workshop.',
} as const
/** Kept for fiction by ARCEP, as all numbers of the demonstration are. */
const NUMBERS = ['+33199001210', '+33199001211', '+33199001212']

export interface DemoCaseOptions {
  readonly app: Pick<App, 'inject'>
  readonly deps: Deps
  readonly api: DemoApi
  /** The tenant in France, `ten_…`. */
  readonly tenantId: string
}

/** Nothing where nobody can sign in: the partner's part is done by the partner alone. */
export async function makeDemoCase({ app, deps, api, tenantId }: DemoCaseOptions): Promise<void> {
  const { db, access } = deps
  const person = (await readDemoPersons(db)).find(({ role }) => role === 'partner')
  if (!access || !person) return
  const [partner] = await partnersOfPerson(db, person.personId)
  if (!partner) return
  const path = `/v1/tenants/${tenantId}`
  const { id } = await api.post<{ id: string }>(`${path}/partner-case`, {
    intake: INTAKE,
    contact: CONTACT,
    partnerId: formatId('partner', partner.partnerId),
    mayAct: true,
  })
  await api.post('/v1/partner-requests', {
    organisation: 'Fonderie Rivoire',
    country: 'BE',
    language: 'fr',
    intake: { people: 9, carrierLink: 'sip-trunk', internet: 'fibre', sites: 1 },
    contact: { name: 'Odile Rivoire', email: 'odile@rivoire.example' },
    mayAct: true,
  })

  const secret = randomBytes(32).toString('base64url')
  const at = deps.clock.now()
  const session = { sessionId: deps.newId() as Uuid, personId: person.personId, method: 'demo' as const, createdAt: at }
  await inTransaction(db, (tx) =>
    insertSession(tx, { ...session, address: '127.0.0.1', userAgent: 'demonstration', secretHash: hashSecret(secret) }),
  )
  let step = 0
  const asPartner = async (url: string, body: object): Promise<void> => {
    const answer = await app.inject({
      method: 'POST',
      url,
      headers: {
        cookie: `${access.cookieName}=${secret}`,
        'sec-fetch-site': 'same-origin',
        'content-type': 'application/json',
        'idempotency-key': `demo-case-${id}-${step++}`,
      },
      payload: JSON.stringify(body),
    })
    if (answer.statusCode >= 300) throw new Error(`POST ${url}: ${answer.statusCode} ${answer.body}`)
  }
  const act = (what: string, body: object = {}): Promise<void> => asPartner(`/v1/me/cases/${id}/${what}`, body)
  await act('take')
  await act('notes', { text: 'Opale delivers SIP from the 1st; ISDN until then.' })
  for (const item of ['needs-confirmed', 'lines-checked']) await act('ticks', { item, done: true })
  await act('move', { to: 'next' })
  await act('move', { to: 'next' })
  await asPartner(`${path}/trunk-numbers`, { numbers: NUMBERS })
  await act('ticks', { item: 'carrier-agrees', done: true })
  await act('move', { to: 'next' })
  await inTransaction(db, (tx) => revokeSessions(tx, person.personId, deps.clock.now(), { only: session.sessionId }))
}
