/** Home: what needs somebody today with the one thing that would change it, and figures that are the ledger's. */
import { beforeAll, describe, expect, test } from 'vitest'
import { checkBooks } from '../../src/jobs/check-books.ts'
import {
  aConsole,
  type Console,
  expectNoAxeViolations,
  expectNoHardCodedText,
  expectNoSidewaysScroll,
  screenshot,
  textOf,
} from './harness.ts'

const PATIENT = { timeout: 30_000 }

let admin: Console
beforeAll(async () => {
  admin = await aConsole({ demo: true })
})

const sessions = new Map<string, string>()

/** A call that is spoken now, by somebody of the demonstration. */
async function begin(from: string, to: string): Promise<void> {
  const caller = admin.demo?.tenants.find(({ id }) => id === admin.tenant)
  const userId = caller?.users.find(({ sipUsername }) => sipUsername === from)?.id
  const sessionId = `home-${from}`
  sessions.set(from, sessionId)
  const party = { tenantId: admin.tenant, userId, direction: 'out', calledNumber: to }
  const initial = { sessionId, requestNumber: 0, type: 'initial', ...party, requestedSeconds: 600 }
  await admin.ask('POST', '/v1/credit-control', initial, caller?.key)
}

async function hangUp(from: string): Promise<void> {
  const caller = admin.demo?.tenants.find(({ id }) => id === admin.tenant)
  const end = {
    sessionId: sessions.get(from),
    requestNumber: 1,
    type: 'termination',
    usedSeconds: 5,
    cause: 'caller-hung-up',
  }
  await admin.ask('POST', '/v1/credit-control', end, caller?.key)
}

describe('the badge', () => {
  test('A2: says nothing until the audit has answered, then what it answered; “check now” asks again', async () => {
    const page = await admin.visit('home')
    const badge = page.locator('.bk-badge')
    await expect.poll(() => badge.textContent(), PATIENT).toContain('Not checked yet')
    await checkBooks(admin.deps.jobs)
    await expect.poll(() => badge.textContent(), PATIENT).toContain('Books balanced to the second')
    await badge.click()
    const details = page.locator('.bk-details')
    const [count] = await admin.db.query<{ count: bigint }>(
      `SELECT count(*) AS count FROM posting WHERE tenant_id = (SELECT tenant_id FROM tenant WHERE name = 'Atelier Boréal')`,
    )
    await expect
      .poll(() => details.locator('[data-figure=postings]').textContent())
      .toBe(Number(count?.count).toLocaleString('en-GB'))
    await expectNoAxeViolations(page)
    await details.getByRole('button', { name: 'Check now' }).click()
    await expect.poll(() => badge.textContent(), PATIENT).toContain('Checking')
    // A minute of the ledger goes missing behind our back.
    await admin.db.execute(`UPDATE account SET spent = spent + 60 WHERE name LIKE 'pool:CA:domestic:%' AND NOT closed`)
    await checkBooks({ ...admin.deps.jobs, log: { error: () => undefined } })
    await expect.poll(() => badge.textContent(), PATIENT).toContain('The books disagree')
    await admin.db.execute(`UPDATE account SET spent = spent - 60 WHERE name LIKE 'pool:CA:domestic:%' AND NOT closed`)
    // Put right again: the next check says so, and later pages show it.
    await details.getByRole('button', { name: 'Check now' }).click()
    await expect.poll(() => badge.textContent(), PATIENT).toContain('disagree')
    await expect
      .poll(async () => {
        await checkBooks(admin.deps.jobs)
        return badge.textContent()
      }, PATIENT)
      .toContain('Books balanced to the second')
  })
})

describe('Home', () => {
  test('A4: the first need is the API’s first need, with its action and its figures', async () => {
    interface Home {
      needs: { code: string; action: { kind: string; licences?: number; addsSeconds?: number } }[]
    }
    const { needs } = await admin.ask<Home>('GET', `/v1/tenants/${admin.tenant}/home`)
    const [first] = needs
    expect(['pool-runs-out', 'pool-used-up']).toContain(first?.code)
    expect(first?.action.kind).toBe('assign-licences')
    const page = await admin.visit('home')
    await expect.poll(() => textOf(page)).toContain('Needs you today')
    await expect.poll(() => textOf(page)).toContain('Canada’s')
    await expect.poll(() => textOf(page)).toContain('You own 5 licences that nobody holds.')
    const { licences = 0, addsSeconds = 0 } = first?.action ?? {}
    await expect
      .poll(() => textOf(page))
      .toContain(
        `Assigning ${licences} more adds ${(addsSeconds / 60).toLocaleString('en-GB')} minutes to this pool now, at no extra cost.`,
      )
    await expect.poll(() => textOf(page)).toMatch(/of credits expires on/)
    await page.getByRole('button', { name: `Assign ${licences} licence` }).click()
    await page.getByRole('dialog').getByRole('checkbox').first().waitFor()
    await page.keyboard.press('Escape')
  })

  test('W3, P2: what is left, what can be spent and what was spent are the ledger’s', async () => {
    const page = await admin.visit('home')
    const shown = await page
      .locator('.h-pools [data-pool] [data-seconds]')
      .evaluateAll((all) => all.map((one) => Number(one.getAttribute('data-seconds'))))
    const [left] = await admin.db.query<{ left: bigint }>(
      `SELECT sum(posted - reserved)::bigint AS left FROM account a JOIN tenant t USING (tenant_id)
       WHERE t.name = 'Atelier Boréal' AND unit = 'second' AND NOT closed AND a.name NOT LIKE '%conference%'`,
    )
    expect(shown.reduce((sum, seconds) => sum + seconds, 0)).toBe(Number(left?.left))
    const amount = (figure: string) =>
      page
        .locator(`[data-figure=${figure}] [data-amount], [data-figure=${figure}][data-amount]`)
        .first()
        .getAttribute('data-amount')
    const [money] = await admin.db.query<{ available: bigint; spent: bigint }>(
      `SELECT sum(posted - reserved)::bigint AS available,
              (SELECT sum(p.amount)::bigint FROM posting p WHERE p.tenant_id = t.tenant_id AND p.credit = 'money:revenue'
                 AND to_char(p.at AT TIME ZONE t.time_zone, 'YYYY-MM') = to_char(now() AT TIME ZONE t.time_zone, 'YYYY-MM')) AS spent
       FROM account a JOIN tenant t USING (tenant_id)
       WHERE t.name = 'Atelier Boréal' AND unit = 'micro' AND NOT closed GROUP BY t.tenant_id, t.time_zone`,
    )
    const micros = (text: string | null): bigint => BigInt((text ?? '').replace('.', ''))
    expect(micros(await amount('available'))).toBe(money?.available)
    expect(micros(await amount('spent'))).toBe(money?.spent ?? 0n)
  })

  test('while nobody knows how far the month is, what is left is not taken for what was used', async () => {
    const page = await admin.visit('home')
    let isHeld = false
    // The list of pools is there at once, the one that tells of the month never comes.
    await page.route(/\/pools\/[A-Z]{2}\//, () => {
      isHeld = true
    })
    await page.reload()
    const pool = page.locator('.h-pools [data-pool="CA domestic"]')
    await pool.waitFor()
    await expect.poll(() => isHeld).toBe(true)
    const [left] = await admin.db.query<{ left: bigint }>(
      `SELECT (posted - reserved)::bigint AS left FROM account a JOIN tenant t USING (tenant_id)
       WHERE t.name = 'Atelier Boréal' AND a.name LIKE 'pool:CA:domestic:%' AND NOT closed`,
    )
    expect(Number(await pool.locator('[data-seconds]').getAttribute('data-seconds'))).toBe(Number(left?.left))
  })

  test('calls appear the second they start, and go when they end', async () => {
    const page = await admin.visit('home')
    await page.getByText('No one is on the phone.').waitFor()
    await begin('zelie', '+15145550148')
    await page.locator('[data-call]', { hasText: 'Zélie Lavoie' }).waitFor()
    await begin('lionel', '+493023125014')
    const credits = page.locator('[data-call]', { hasText: 'Lionel Côté' })
    await credits.waitFor()
    await expect.poll(() => credits.textContent()).toContain('Credits')
    await expect.poll(() => page.locator('[data-call]').count()).toBe(2)
    await screenshot(page, 'home-en-light')
    await expectNoAxeViolations(page)
    await hangUp('zelie')
    await expect.poll(() => page.locator('[data-call]').count(), PATIENT).toBe(1)
    await hangUp('lionel')
    await page.getByText('No one is on the phone.').waitFor()
  })

  test('French, dark, on a phone: alert, minutes, credits, calls in that order', async () => {
    const page = await admin.visit('home', { lang: 'fr', theme: 'dark', width: 390 })
    const text = await textOf(page)
    expect(text).toMatch(/À faire aujourd’hui/)
    const places = ['À faire aujourd’hui', 'Minutes restantes en', 'Crédits de communication', 'Appels en cours'].map(
      (title) => text.indexOf(title),
    )
    expect(places).toEqual(places.toSorted((a, b) => a - b))
    expect(places.every((place) => place >= 0)).toBe(true)
    await expectNoSidewaysScroll(page)
    await expectNoAxeViolations(page)
    await screenshot(page, 'home-fr-dark-390', { full: true })
    await screenshot(await admin.visit('home', { lang: 'fr', theme: 'dark' }), 'home-fr-dark')
  })

  test('every text comes from words, in high contrast too', async () => {
    await expectNoHardCodedText(await admin.visit('home', { lang: 'qps' }))
    await expectNoAxeViolations(await admin.visit('home', { theme: 'contrast' }))
  })

  test('a new organisation: the way to begin, and nothing made up', async () => {
    const body = { name: 'Neuland', country: 'CA', timeZone: 'America/Toronto', currency: 'CAD', sandbox: false }
    const { id } = await admin.ask<{ id: string }>('POST', '/v1/tenants', body)
    const page = await admin.visit('home', { tenant: id })
    await expect.poll(() => textOf(page)).toContain('Getting started')
    await expect.poll(() => textOf(page)).toContain('0 of 6 done')
    await expect.poll(() => textOf(page)).not.toContain('Needs you today')
    await page.getByRole('link', { name: 'Go on setting up' }).waitFor()
    await expectNoAxeViolations(page)
    await screenshot(page, 'home-new-en-light')
  })

  test('who may only look gets no button; who may not see credits sees none', async () => {
    const looker = await admin.visit('home', { as: 'read-only' })
    await expect.poll(() => looker.getByRole('button', { name: /^Assign/ }).count()).toBe(0)
    await expect.poll(() => textOf(looker)).toContain('You can look, not change.')
    const people = await admin.visit('home', { as: 'user-admin' })
    await expect.poll(() => textOf(people)).not.toContain('available now')
  })
})
