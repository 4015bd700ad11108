/** G1 on the screen: five questions for everybody, and the answer from calls for those who are signed in. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AdviceWire } from '../../src/api/schema/advice.ts'
import type { AdviceReport } from '../../src/core/advice/report.ts'
import { formatId, parseId, type TenantId } from '../../src/core/ids.ts'
import { formatMicros, micros } from '../../src/core/money.ts'
import { demoRateDeckCsv } from '../../src/demo/rate-deck.ts'
import { adviseJob } from '../../src/jobs/job-advise.ts'
import { type JobRunner, startJobRunner } from '../../src/jobs/job-runner.ts'
import { packageRoot } from '../../src/paths.ts'
import { inTransaction } from '../../src/store/db.ts'
import { insertJob } from '../../src/store/job.ts'
import {
  aConsole,
  type Console,
  expectNoAxeViolations,
  expectNoHardCodedText,
  expectNoSidewaysScroll,
  screenshot,
  settled,
  textOf,
} from './harness.ts'

let admin: Console
let runner: JobRunner
beforeAll(async () => {
  let wake = (): void => undefined
  admin = await aConsole({ parts: { jobRunner: { wake: () => wake() } } })
  runner = startJobRunner({ ...admin.deps.jobs, kinds: [adviseJob] })
  wake = () => runner.wake()
  await publish(demoRateDeckCsv())
  for (const [sku, perMonth] of [
    ['voice-with-calling-plan', '26'],
    ['international-calling-plan', '15.60'],
  ]) {
    await admin.ask('POST', '/v1/seat-prices', { sku, perMonth: { amount: perMonth, currency: 'CAD' } })
  }
})
afterAll(() => runner?.stop())

async function publish(csv: string): Promise<void> {
  const answer = await fetch(`${admin.url}/v1/rate-decks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.server.operatorKey}`, 'content-type': 'text/csv' },
    body: csv,
  })
  expect(answer.status).toBeLessThan(300)
}

interface Told {
  readonly report: AdviceReport
  readonly certificate: { readonly costs: { readonly total: string } }
}

const run = promisify(execFile)

/** What `ringfence advise` says of a file, with the price list of this suite. */
async function byCommand(file: string): Promise<Told> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-advise-'))
  try {
    const certificate = join(folder, 'certificate.json')
    const prices = ['--licence-price', '26', '--international-price', '15.60']
    const options = ['--country', 'CA', '--lang', 'en', '--json', '--certificate', certificate, ...prices]
    const { stdout } = await run(
      join(packageRoot, 'node_modules/.bin/tsx'),
      ['src/cli/ringfence.ts', 'advise', file, ...options],
      { cwd: packageRoot, maxBuffer: 1 << 26 },
    )
    return { ...(JSON.parse(stdout) as Told), certificate: JSON.parse(readFileSync(certificate, 'utf8')) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Shown {
  readonly en: Pick<AdviceWire, 'pools' | 'total'> & { readonly report: AdviceReport }
  readonly certificate: string
}

/** What the page has read. */
async function resultOf(page: Page): Promise<Shown> {
  const job = new URL(page.url()).searchParams.get('job') ?? ''
  return await admin.ask<Shown>('GET', `/v1/tenants/${admin.tenant}/jobs/${job}/result`)
}

const headline = (page: Page) => page.locator('.advice-headline')

describe('five questions', () => {
  test('L1, the worked case, without signing in: 10 in the factory, 5 in the office, 5 licences', async () => {
    const page = await admin.visit('/what-to-buy', { as: null })
    await expect.poll(() => headline(page).textContent()).toBe('5 licences')
    await expect.poll(() => textOf(page)).toContain('CA$130.00')
    await expectNoAxeViolations(page)
    await screenshot(page, 'what-to-buy-en-light')
  })

  test('the answer follows the answers, and the link carries them to somebody else', async () => {
    const page = await admin.visit('/what-to-buy', { as: null })
    await page.getByRole('button', { name: 'Add a country called by Office' }).click()
    await page.getByLabel('Minutes a month each', { exact: true }).fill('400')
    await expect.poll(() => headline(page).textContent()).toContain('5 International plans')
    await expect.poll(() => new URL(page.url()).searchParams.get('a')?.length ?? 0).toBeGreaterThan(100)
    const other = await admin.visit(page.url().replace(admin.url, ''), { as: null, lang: 'fr', theme: 'dark' })
    await expect.poll(() => headline(other).textContent()).toContain('5 forfaits internationaux')
    await expectNoAxeViolations(other)
    await screenshot(other, 'what-to-buy-fr-dark')
  })

  test('L2: a country without plan, and one without service, get an honest answer', async () => {
    const page = await admin.visit('/what-to-buy', { as: null })
    await page.getByLabel('Country of the organisation').selectOption('FR')
    await expect.poll(() => textOf(page)).toContain('5 licences without plan')
    await expect.poll(() => textOf(page)).toContain('a Calling Plan is not sold')
    await page.getByLabel('Country of the organisation').selectOption('TD')
    await expect.poll(() => textOf(page)).toContain('voice is not available')
  })

  test('phones, and no text that was not translated', async () => {
    const page = await admin.visit('/what-to-buy', { as: null, width: 390, lang: 'fr' })
    await expect.poll(() => headline(page).count()).toBe(1)
    await expectNoSidewaysScroll(page)
    await expectNoAxeViolations(page)
    await screenshot(page, 'what-to-buy-fr-phone')
    const disguised = await admin.visit('/what-to-buy', { as: null, lang: 'qps' })
    await expect.poll(() => headline(disguised).count()).toBe(1)
    await expectNoHardCodedText(disguised)
  })

  test('on paper: a PDF with the same answer', async () => {
    const body = {
      country: 'CA',
      groups: [{ name: 'Office', people: 5, country: 'CA', callsOutside: true, domesticMinutes: 100, abroad: [] }],
    }
    const answer = await fetch(`${admin.url}/v1/advice/pdf`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'accept-language': 'fr' },
      body: JSON.stringify(body),
    })
    expect(answer.headers.get('content-type')).toBe('application/pdf')
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-')
    expect(bytes.includes('/Lang (fr)')).toBe(true)
    expect(bytes.includes('/StructTreeRoot')).toBe(true)
  })
})

describe('from calls', () => {
  test('a usage report: read, advised on, proved; who should hold the plan', async () => {
    const page = await admin.visit('billing/advice')
    await expectNoAxeViolations(page)
    await page.getByLabel('File of calls').setInputFiles({
      name: 'Calls.Export.zip',
      mimeType: 'application/zip',
      buffer: readFileSync(join(packageRoot, 'samples/Calls.Export.zip')),
    })
    await page.getByRole('button', { name: 'Read the file' }).click()
    await expect
      .poll(() => headline(page).textContent(), { timeout: 60_000 })
      .toContain('8 licences, 3 International plans')
    await settled(page)
    await expect.poll(() => textOf(page)).toContain('Proved: no cheaper basket serves these calls')
    await expect.poll(() => textOf(page)).toContain('Maya')
    // The terminal says the same of the same file: basket, price, every sentence, and the certificate.
    const shown = await resultOf(page)
    const told = await byCommand('samples/Calls.Export.zip')
    expect(shown.en.report).toEqual(told.report)
    expect(shown.en.total.amount).toBe(formatMicros(micros(BigInt(told.certificate.costs.total))))
    expect(JSON.parse(shown.certificate)).toEqual(told.certificate)
    for (const line of told.report.lines) await expect.poll(() => textOf(page)).toContain(line.what)
    await expect.poll(() => textOf(page)).toContain(told.report.proof)
    // The pools of the basket, month by month: a row each, and never more used than there is.
    const pools = shown.en.pools ?? []
    const rows = pools.flatMap(({ months }) => months)
    expect(rows.length).toBeGreaterThan(1)
    for (const { poolSeconds, usedSeconds } of rows) expect(usedSeconds).toBeLessThanOrEqual(poolSeconds)
    await expect.poll(() => page.locator('.advice-pools tbody tr').count()).toBe(rows.length)
    const minutes = (seconds: number): string => Math.ceil(seconds / 60).toLocaleString('en')
    const [first] = rows
    await expect
      .poll(() => textOf(page, '.advice-pools tbody tr'))
      .toContain(`${minutes(first?.usedSeconds ?? 0)} of ${minutes(first?.poolSeconds ?? 0)} min`)
    await expectNoAxeViolations(page)
    await screenshot(page, 'advice-en-light')
    await page.locator('.advice-pools').scrollIntoViewIfNeeded()
    await screenshot(page, 'advice-pools-en-light')
    const french = await admin.visit(page.url().replace(admin.url, ''), { lang: 'fr', theme: 'dark' })
    await expect.poll(() => headline(french).textContent()).toContain('8 licences, 3 forfaits internationaux')
    await screenshot(french, 'advice-fr-dark')
    await french.locator('.advice-pools').scrollIntoViewIfNeeded()
    await screenshot(french, 'advice-pools-fr-dark')
  })

  test('lines that nobody could read: said in the answer and beside it, with what to do, in both languages', async () => {
    const page = await admin.visit('billing/advice')
    const read = async (outside: string): Promise<void> => {
      await page.getByLabel('File of calls').setInputFiles({
        name: 'Master.csv',
        mimeType: 'text/csv',
        buffer: readFileSync(join(packageRoot, 'samples/asterisk-Master.csv')),
      })
      await page.getByLabel('Dialled for an outside line').fill(outside)
      await page.getByRole('button', { name: 'Read the file' }).click()
    }
    await read('')
    await expect
      .poll(() => headline(page).textContent(), { timeout: 60_000 })
      .toBe('Nothing for the 601 lines that could be read; 279 others may be calls outside.')
    await expect.poll(() => textOf(page)).toContain('If people dial 9 for an outside line')
    await expectNoAxeViolations(page)
    await screenshot(page, 'advice-set-aside-en-light')
    const french = await admin.visit(page.url().replace(admin.url, ''), { lang: 'fr', theme: 'dark' })
    await expect.poll(() => textOf(french)).toContain('Si l’on compose le 9 pour sortir')
    await expectNoAxeViolations(french)
    await screenshot(french, 'advice-set-aside-fr-dark')
    // Each of them with its number and its reason, in the reader's language.
    const saved = french.waitForEvent('download')
    await french.getByRole('button', { name: /hors du conseil/ }).click()
    const [head, ...lines] = readFileSync(await (await saved).path(), 'utf8')
      .trimEnd()
      .split('\r\n')
    expect(head).toBe('file,line,verdict,why')
    expect(lines.filter((line) => line.includes(',no-number,"Le numéro manque'))).toHaveLength(279)
    expect(lines[0]).toMatch(/^"Master\.csv",\d+,/)
    await read('9')
    await expect.poll(() => headline(page).textContent(), { timeout: 60_000 }).toBe('5 licences')
  })

  test('a search that was stopped: the gap, and on from where it was to the proof', async () => {
    const call = (user: string, number: string, day: number, hour: number): string =>
      `${user},${number},2026-10-${String(day).padStart(2, '0')}T${hour}:00:00-04:00,3600`
    const calls = [
      'User,Number,Time,Seconds',
      ...Array.from({ length: 20 }, (_, i) => call('Ann', '+33140000000', 1 + (i >> 1), 10 + 2 * (i & 1))),
      ...Array.from({ length: 10 }, (_, i) => call('Bo', '+81312345678', 20 + i, 14)),
      'Ann,+33140000000,2026-10-31T10:00:00-04:00,60',
    ].join('\n')
    // Nobody may ask for no time at all: this one is stopped before it begins.
    const tenantId = parseId('tenant', admin.tenant) as TenantId
    const jobId = admin.deps.newId()
    const how = { name: 'calls.csv', months: 0, outsidePrefix: '', dateOrder: null, seconds: 0 } as const
    const rights = { requestedBy: 'test', language: 'en', sees: 'advice:read', starts: 'advice:read' } as const
    const createdAt = admin.deps.clock.now()
    const job = {
      jobId,
      tenantId,
      kind: 'advise',
      input: { source: 'file', ...how },
      ...rights,
      createdAt,
      total: null,
    }
    await inTransaction(admin.db, (tx) => insertJob(tx, job, Buffer.from(calls)))
    runner.wake()
    const page = await admin.visit(`billing/advice?job=${formatId('job', jobId)}`)
    const goOn = page.getByRole('button', { name: 'Keep searching, for ten minutes' })
    await expect.poll(() => goOn.count(), { timeout: 60_000 }).toBe(1)
    await expect.poll(() => textOf(page)).toContain('of the best possible')
    await expectNoAxeViolations(page)
    await screenshot(page, 'advice-stopped-en-light')
    await goOn.click()
    await expect.poll(() => textOf(page), { timeout: 60_000 }).toContain('The search went on where it was: at most')
    await expect.poll(() => textOf(page)).toContain('could still be found then, nothing now.')
    await expect.poll(() => goOn.count()).toBe(0)
    const french = await admin.visit(page.url().replace(admin.url, ''), { lang: 'fr', theme: 'dark' })
    await expect.poll(() => textOf(french)).toContain('La recherche a repris où elle en était')
    await expectNoAxeViolations(french)
    await screenshot(french, 'advice-continued-fr-dark')
  })

  test('a plain list with names of its own: refused, then read once the columns are named', async () => {
    const page = await admin.visit('billing/advice')
    const lines = [1, 2, 3].map((day) => `Maya;+14165550123;2026-10-0${day} 09:00;2:05`)
    const buffer = Buffer.from(['Wer;Wohin;Wann;Wie lange', ...lines].join('\n'))
    await page.getByLabel('File of calls').setInputFiles({ name: 'liste.csv', mimeType: 'text/csv', buffer })
    await page.getByText('Which column is which').click()
    for (const [label, column] of [
      ['Caller', 'Wer'],
      ['Number called', 'Wohin'],
      ['When', 'Wann'],
      ['Length', 'Wie lange'],
    ] as const)
      await page.getByLabel(label, { exact: true }).selectOption(column)
    await expectNoAxeViolations(page)
    await screenshot(page, 'advice-columns-en-light')
    await page.getByRole('button', { name: 'Read the file' }).click()
    await expect.poll(() => textOf(page), { timeout: 60_000 }).toContain('liste.csv: 3 lines')
    await expect.poll(() => headline(page).textContent()).toContain('1 licence')
    const phone = await admin.visit('billing/advice', { lang: 'fr', theme: 'dark', width: 390 })
    await phone.getByLabel('Fichier d’appels').setInputFiles({ name: 'liste.csv', mimeType: 'text/csv', buffer })
    await phone.getByText('Quelle colonne est laquelle').click()
    await expect.poll(() => phone.getByLabel('Numéro appelé').count()).toBe(1)
    await expectNoSidewaysScroll(phone)
    await expectNoAxeViolations(phone)
    await screenshot(phone, 'advice-columns-fr-phone')
  })

  test('what is no list of calls says so in words, and nothing is lost', async () => {
    const page = await admin.visit('billing/advice')
    await page.getByRole('button', { name: 'Read the file' }).click()
    await expect.poll(() => textOf(page)).toContain('Choose a file first.')
    await page
      .getByLabel('File of calls')
      .setInputFiles({ name: 'x.csv', mimeType: 'text/csv', buffer: Buffer.from('a,b\n1,2\n') })
    await page.getByRole('button', { name: 'Read the file' }).click()
    await expect.poll(() => textOf(page), { timeout: 60_000 }).toContain('This is no list of calls that we know.')
  })
})
