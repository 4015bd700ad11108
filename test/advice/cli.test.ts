/** `npm run ringfence -- advise` on the files of samples/, as somebody types it (G1). */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { SAMPLES } from '../../scripts/samples.ts'
import { adviceInputOf } from '../../src/advice/history.ts'
import { importCalls } from '../../src/advice/import/importer.ts'
import { packSearch } from '../../src/advice/kept-search.ts'
import { runAdvice } from '../../src/advice/run.ts'
import { CATALOGUE_RULES } from '../../src/core/advice/rules.ts'
import type { Country } from '../../src/core/country.ts'
import { type Currency, micros } from '../../src/core/money.ts'
import { makeRateDeck } from '../../src/core/rate-deck.ts'
import { parseRateDeckCsv } from '../../src/core/rate-deck-csv.ts'
import { instant, type TimeZone } from '../../src/core/time.ts'
import { demoRateDeckCsv } from '../../src/demo/rate-deck.ts'
import { packageRoot } from '../../src/paths.ts'

const folder = mkdtempSync(join(tmpdir(), 'ringfence-advise-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = promisify(execFile)
const tsx = join(packageRoot, 'node_modules/.bin/tsx')

async function ringfence(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  try {
    const { stdout, stderr } = await run(tsx, ['src/cli/ringfence.ts', ...args], { cwd: packageRoot })
    return { code: 0, out: stdout, err: stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, out: stdout, err: stderr }
  }
}

const PRICES = ['--licence-price', '26', '--international-price', '15.60']

test.each(Object.entries(SAMPLES))('samples/%s is what scripts/samples.ts makes', (name, make) => {
  expect(Buffer.compare(readFileSync(join(packageRoot, 'samples', name)), Buffer.from(make()))).toBe(0)
})

describe('ringfence advise', () => {
  test('help names every option with what it is when nothing is said', async () => {
    const { code, out } = await ringfence('advise', '--help')
    expect(code).toBe(0)
    expect(out).toMatch(/--licence-price <amount> .*\(default: [0-9.]+\)/)
  })

  test('a usage report: basket, price, reasons, proof', { timeout: 120_000 }, async () => {
    const { code, out } = await ringfence(
      'advise',
      'samples/Calls.Export.zip',
      '--country',
      'CA',
      ...PRICES,
      '--lang',
      'en',
    )
    expect(code).toBe(0)
    expect(out).toContain('8 licences, 3 International plans and about CA$12.46 of credits a month')
    expect(out).toContain('Nothing cheaper exists: any mix costs at least CA$1,069.0744; this one costs CA$1,069.0744.')
    expect(out).toContain('maya@contoso.example')
    expect(out).toContain('Do not buy the International plan (United Kingdom)')
  })

  test('L1, the worked case in an Asterisk log: 5 of 15 people, in French', { timeout: 120_000 }, async () => {
    const file = 'samples/asterisk-Master.csv'
    const { out } = await ringfence('advise', file, '--country', 'CA', '--outside', '9', ...PRICES, '--lang', 'fr')
    expect(out).toMatch(/^5 licences$/m)
    expect(out).toContain('5 personnes sur 15')
    expect(out).not.toMatch(/undefined|NaN/)
  })

  test('lines that nobody could read: no flat "nothing", and the digit that makes them readable', {
    timeout: 120_000,
  }, async () => {
    const { out } = await ringfence('advise', 'samples/asterisk-Master.csv', '--country', 'CA', '--lang', 'en')
    expect(out).toContain('Nothing for the 601 lines that could be read; 279 others may be calls outside.')
    expect(out).toContain('If people dial 9 for an outside line')
    expect(out).toContain('--outside 9')
    expect(out).not.toContain('Do not buy licences')
    const json = await ringfence('advise', 'samples/asterisk-Master.csv', '--country', 'CA', '--json', '--lang', 'fr')
    expect(JSON.parse(json.out)).toMatchObject({
      report: { setAside: expect.arrayContaining([expect.stringContaining('279 lignes sur 880')]) },
    })
  })

  test('a search that was stopped goes on from its file, and the file goes with the proof', {
    timeout: 120_000,
  }, async () => {
    const calls = join(folder, 'long.csv')
    const call = (user: string, number: string, day: number, hour: number): string =>
      `${user},${number},2026-10-${String(day).padStart(2, '0')}T${hour}:00:00-04:00,3600`
    const lines = [
      ...Array.from({ length: 20 }, (_, i) => call('Ann', '+33140000000', 1 + (i >> 1), 10 + 2 * (i & 1))),
      ...Array.from({ length: 10 }, (_, i) => call('Bo', '+81312345678', 20 + i, 14)),
      'Ann,+33140000000,2026-10-31T10:00:00-04:00,60',
    ]
    writeFileSync(calls, ['User,Number,Time,Seconds', ...lines].join('\n'))
    const country = 'CA' as Country
    const currency = 'CAD' as Currency
    const zone = 'America/Toronto' as TimeZone
    const at = instant(Date.parse('2026-11-01T00:00:00Z'))
    const deck = makeRateDeck(1, parseRateDeckCsv(demoRateDeckCsv()).rows)
    const how = { country, currency, timeZone: zone, outsidePrefix: '', dateOrder: null, mapping: {}, deck, at }
    const history = await importCalls([{ path: calls, name: 'long.csv' }], how)
    const price = { licence: micros(20_000_000n), international: micros(12_000_000n) }
    const prices = { withPlan: new Map([[country, price]]), withoutPlan: null }
    const context = { tenantCountry: country, currency, zone, prices, rules: CATALOGUE_RULES }
    const input = adviceInputOf(history, context)
    if (!input) throw new Error('no calls')
    const { advice, states } = await runAdvice(input, { deadlineMs: 0, threads: 0 })
    expect(advice.status).toBe('stopped')
    const standing = { states, cost: advice.costs.total, bound: advice.bound }
    const bytes = packSearch({ context, at, history, madeUpRates: true, ...standing })
    const kept = join(folder, 'kept.search')
    writeFileSync(kept, bytes ?? new Uint8Array())
    const { code, out } = await ringfence('continue', kept, '--lang', 'en')
    expect(code).toBe(0)
    expect(out).toContain('Nothing cheaper exists')
    expect(out).toContain('Rates are the made-up ones of the demonstration')
    expect(out).toMatch(/at most [1-9][0-9.]* could still be found then, 0\.0+ now/)
    expect(existsSync(kept)).toBe(false)
    const again = await ringfence('continue', kept, '--lang', 'fr')
    expect(again.code).toBe(1)
    expect(again.err).toContain('recommencez')
  })

  test('verdicts for each line that is not in the advice', { timeout: 120_000 }, async () => {
    const calls = join(folder, 'calls.csv')
    const verdicts = join(folder, 'verdicts.csv')
    writeFileSync(
      calls,
      'User,Number,Time,Seconds\nMaya,+14165550123,2026-10-01T09:00:00Z,60\nMaya,nobody,2026-10-01T09:00:00Z,60\n',
    )
    const { code, out } = await ringfence('advise', calls, '--country', 'CA', '--verdicts', verdicts, '--lang', 'en')
    expect(code).toBe(0)
    expect(out).toContain('1 licence')
    expect(readFileSync(verdicts, 'utf8').split('\r\n').slice(1, 3)).toEqual([
      '"calls.csv",3,no-number,"The number is missing or is no telephone number"',
      '',
    ])
  })

  test('what cannot be read is said in words, with exit status 1', { timeout: 120_000 }, async () => {
    const path = join(folder, 'other.csv')
    writeFileSync(path, 'Wer,Wohin\n1,2\n')
    const unknown = await ringfence('advise', path, '--country', 'CA', '--lang', 'en')
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining('Its first line: Wer, Wohin') })
    expect(await ringfence('advise', join(folder, 'nothing.csv'), '--country', 'CA', '--lang', 'fr')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Le fichier est introuvable'),
    })
    expect(await ringfence('advise', path, '--country', 'XX')).toMatchObject({
      code: 1,
      err: expect.stringContaining('ISO 3166'),
    })
  })
})
