import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aTenant, type Fixture } from '../../test/harness/fixtures.ts'
import { aPeopleLab, type Browser, newId, OPERATOR_KEY, type PeopleLab } from '../../test/harness/people.ts'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { formatId, type PartnerId } from '../core/ids.ts'
import { inTransaction } from '../store/db.ts'
import { addPartnerTenant, insertPartner, removePartnerTenant } from '../store/partner.ts'

interface Entry {
  readonly id: string
  readonly actor: string
  readonly action: string
  readonly actingAs: { readonly role: string; readonly partner: string | null } | null
  readonly at: string
}

describe('A1: the audit log', () => {
  let base: TestDb
  let lab: PeopleLab
  let fixture: Fixture
  let root: string
  let admin: Browser
  const partnerId = newId() as PartnerId

  beforeAll(async () => {
    base = await testDb()
    lab = await aPeopleLab(base)
    fixture = await aTenant(base.db)
    root = `/v1/tenants/${formatId('tenant', fixture.tenantId)}`
    const tenant = { tenantId: fixture.tenantId, partnerId: null }
    await inTransaction(base.db, async (tx) => {
      await insertPartner(tx, { partnerId, name: 'Northwind Telecom', createdAt: lab.now() })
      await addPartnerTenant(tx, partnerId, fixture.tenantId, lab.now())
    })
    await lab.person('admin@contoso.example', [{ role: 'global-admin', place: tenant }])
    await lab.person('reseller@northwind.example', [{ role: 'partner', place: { partnerId, tenantId: null } }])
    await lab.person('boss@ringfence.example', [{ role: 'operator' }])
    // Somebody who is at home here, and an operator besides: acts for nobody.
    await lab.person('both@contoso.example', [{ role: 'user-admin', place: tenant }, { role: 'operator' }])
    admin = await lab.signedIn('admin@contoso.example')
    for (const email of [
      'admin@contoso.example',
      'reseller@northwind.example',
      'boss@ringfence.example',
      'both@contoso.example',
    ]) {
      const browser = await lab.signedIn(email)
      const made = await browser.ask('POST', `${root}/users`, { name: email, usageLocation: 'US' })
      expect(made.status).toBe(201)
      lab.wait(60)
    }
    await lab.withKey(OPERATOR_KEY).ask('PATCH', root, { name: 'Contoso & Co' })
  })
  afterAll(() => lab.stop())

  const list = async (query = ''): Promise<Entry[]> => {
    const { body } = await admin.ask('GET', `${root}/audit-log${query}`)
    return body.data as Entry[]
  }
  const actors = (entries: readonly Entry[]) => entries.map(({ actor }) => actor)

  test('says who acted for the tenant, as what they were then', async () => {
    const as = Object.fromEntries((await list()).map(({ actor, actingAs }) => [actor, actingAs]))
    expect(as).toEqual({
      'operator key': null,
      'both@contoso.example': null,
      'boss@ringfence.example': { role: 'operator', partner: null },
      'reseller@northwind.example': { role: 'partner', partner: 'Northwind Telecom' },
      'admin@contoso.example': null,
    })
    await inTransaction(base.db, (tx) => removePartnerTenant(tx, partnerId, fixture.tenantId, lab.now(), 'them'))
    const later = await list('?actor=reseller@northwind.example')
    expect(later).toMatchObject([{ actingAs: { role: 'partner', partner: 'Northwind Telecom' } }])
  })

  test('is narrowed by time, actor, act and object, newest first', async () => {
    const all = await list()
    expect(all.map(({ at }) => at)).toEqual(
      all
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    )
    expect(actors(await list('?action=tenant'))).toEqual(['operator key'])
    expect(actors(await list('?action=user.created&limit=2'))).toEqual([
      'both@contoso.example',
      'boss@ringfence.example',
    ])
    expect(await list('?action=user.deleted')).toEqual([])
    expect(actors(await list('?actor=admin@contoso.example'))).toEqual(['admin@contoso.example'])
    expect(actors(await list(`?subject=${formatId('tenant', fixture.tenantId)}`))).toEqual(['operator key'])
    const [second] = all.slice(1)
    expect(await list(`?to=${second?.at}`)).toEqual(all.slice(2))
    expect(await list(`?from=${second?.at}`)).toEqual(all.slice(0, 2))
    const { body } = await admin.ask('GET', `${root}/audit-log?action=Licence`)
    expect(body).toMatchObject({ code: 'invalid-request', param: 'action' })
  })

  test('pages of one are the whole, and the file is the same, with before and after', async () => {
    const all = await list()
    const paged: Entry[] = []
    for (let cursor = ''; ; ) {
      const { body } = await admin.ask('GET', `${root}/audit-log?limit=1${cursor}`)
      paged.push(...(body.data as Entry[]))
      if (body.nextCursor === null) break
      cursor = `&cursor=${body.nextCursor as string}`
    }
    expect(paged).toEqual(all)
    const { text } = await admin.ask('GET', `${root}/audit-log/export`)
    const lines: Record<string, string>[] = parse(text, { columns: true })
    expect(lines.map((line) => line.Actor)).toEqual(actors(all))
    expect(lines.find((line) => line.Actor === 'reseller@northwind.example')).toMatchObject({
      'Acting as': 'Northwind Telecom',
    })
    expect(JSON.parse(lines[0]?.Before ?? '')).toMatchObject({ name: 'Fixture' })
    expect(JSON.parse(lines[0]?.After ?? '')).toMatchObject({ name: 'Contoso & Co' })
  })

  test('that of the installation is the operator’s', async () => {
    await lab.withKey(OPERATOR_KEY).ask('POST', '/v1/partners', { name: 'Southwind' })
    const { body } = await lab.withKey(OPERATOR_KEY).ask('GET', '/v1/audit-log?action=partner')
    expect(body.data).toMatchObject([{ action: 'partner.created', actingAs: null, after: { name: 'Southwind' } }])
    expect((await admin.ask('GET', '/v1/audit-log')).status).toBe(403)
  })
})
