/**
 * "What do I need to buy?": a year of calls, 1,000 people in three countries. Prints JSON lines. Each measurement is a process of its
 * own, so that the peak of its memory is its own: the file of another system read and the proven optimum found, together; the five
 * questions; the search alone with its asides; and how near it comes at three times as much calling abroad, where pools run out every month.
 * `npm run bench -- advice [--json] [--calls N] [--seconds N] [--only import|questions|year|asides|abroad]`
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { adviceInputOf } from '../src/advice/history.ts'
import { importCalls } from '../src/advice/import/importer.ts'
import { runAdvice } from '../src/advice/run.ts'
import { advise } from '../src/core/advice/advise.ts'
import { inputOfAnswers } from '../src/core/advice/questions.ts'
import { CATALOGUE_RULES, DEFAULT_ADVICE_OPTIONS } from '../src/core/advice/rules.ts'
import type { Advice, AdvicePrices } from '../src/core/advice/types.ts'
import type { Country } from '../src/core/country.ts'
import { type Currency, formatMicros, micros } from '../src/core/money.ts'
import { makeRateDeck } from '../src/core/rate-deck.ts'
import { parseRateDeckCsv } from '../src/core/rate-deck-csv.ts'
import { instant, type TimeZone } from '../src/core/time.ts'
import { demoRateDeckCsv } from '../src/demo/rate-deck.ts'
import { writeUsageExport } from './advice-file.ts'
import { makeHistory } from './advice-history.ts'

const PARTS = ['import', 'questions', 'year', 'asides', 'abroad'] as const
type Part = (typeof PARTS)[number]

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    calls: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '60' },
    only: { type: 'string' },
    /** Of this process's own: what it is to do, and the file that its parent has made. */
    part: { type: 'string' },
    file: { type: 'string', default: '' },
  },
})
const calls = Number(values.calls)
/** `--seconds` is for the whole of a measurement: the search is told to stop before, and the answer is put together after it. */
const AFTER_SEARCH_MS = 4_000
const deadlineMs = Math.max(1_000, Number(values.seconds) * 1000 - AFTER_SEARCH_MS)

const megabytes = (bytes: number): number => Math.round(bytes / 1e6)
const since = (began: number): number => Math.round(performance.now() - began)

/** With the peak of this process's memory: Linux counts it in kilobytes. */
function tell(figures: object): void {
  const row = { bench: 'advice', ...figures, rssMaxMb: Math.round(process.resourceUsage().maxRSS / 1000) }
  console.log(values.json ? JSON.stringify(row) : row)
}

function outcome(advice: Advice) {
  // Beside the plans and credits abroad: licences would make any gap look small.
  const abroadCost = advice.costs.international + advice.costs.abroad
  const gap = Number(advice.gap) / Math.max(1, Number(abroadCost))
  return {
    status: advice.status,
    gapPercentOfAbroad: Math.round(gap * 1e6) / 1e4,
    total: formatMicros(advice.costs.total),
    holders: advice.countries.map(({ country, basket, method }) => `${country} ${basket.holders.length} ${method}`),
  }
}

const demoDeck = () => {
  const { rows, errors } = parseRateDeckCsv(Buffer.from(demoRateDeckCsv()), 'en')
  if (errors.length > 0) throw new Error('the deck of the demonstration has errors')
  return makeRateDeck(1, rows)
}

const pricesOf = (licence: number, international: number): AdvicePrices => ({
  withPlan: new Map(
    ['CA', 'US', 'GB'].map((country) => [
      country as Country,
      { licence: micros(BigInt(licence) * 1_000_000n), international: micros(BigInt(international) * 1_000_000n) },
    ]),
  ),
  withoutPlan: null,
})

const common = {
  tenantCountry: 'CA' as Country,
  currency: 'CAD' as Currency,
  zone: 'UTC' as TimeZone,
  rules: CATALOGUE_RULES,
}

async function measureImport(): Promise<void> {
  const deck = demoDeck()
  const began = performance.now()
  const imported = await importCalls([{ path: values.file, name: 'calls.csv' }], {
    country: common.tenantCountry,
    timeZone: common.zone,
    outsidePrefix: '',
    dateOrder: null,
    mapping: {},
    deck,
    currency: common.currency,
    at: instant(Date.now()),
  })
  const importMs = since(began)
  const input = adviceInputOf(imported, { ...common, prices: pricesOf(20, 12), options: { extras: false } })
  if (!input) throw new Error('the file has no calls')
  const { advice } = await runAdvice(input, { deadlineMs })
  const ms = since(began)
  const lines = imported.files.reduce((sum, file) => sum + file.lines, 0)
  const size = {
    megabytes: megabytes(statSync(values.file).size),
    lines,
    calls: input.calls.length,
    users: input.users.length,
  }
  tell({ name: 'a year from a file: import and proven optimum', ...size, importMs, ms, ...outcome(advice) })
}

/** Many different answers, as somebody types them. */
async function measureQuestions(): Promise<void> {
  const deck = demoDeck()
  const context = { ...common, prices: pricesOf(20, 12), deck, at: instant(Date.now()) }
  const times: number[] = []
  for (let run = 0; run < 200; run++) {
    const people = 1 + ((run * 37) % 200)
    const began = performance.now()
    advise(
      inputOfAnswers(
        {
          country: common.tenantCountry,
          groups: [
            {
              name: 'Office',
              people,
              country: 'CA' as Country,
              callsOutside: true,
              domesticMinutes: 100 + run,
              abroad: [],
            },
            {
              name: 'Sales',
              people: 1 + ((run * 13) % 60),
              country: 'GB' as Country,
              callsOutside: true,
              domesticMinutes: 300,
              abroad: ['FR', 'DE', 'JP'].map((country, index) => ({
                country: country as Country,
                minutes: 20 * (index + 1) + run,
              })),
            },
          ],
          tollFreeMinutes: run % 2 === 0 ? 500 : null,
          keepsNumbers: false,
        },
        context,
      ),
    )
    times.push(performance.now() - began)
  }
  times.sort((a, b) => a - b)
  const at = (q: number): number => Math.round((times[Math.floor(times.length * q)] ?? 0) * 10) / 10
  tell({ name: 'five questions', runs: times.length, p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) })
}

async function measureSearch(name: string, abroad: number, planPrice: number, extras: boolean): Promise<void> {
  const made = makeHistory({ users: 1000, calls, seed: 1, abroad, licencePrice: 20, planPrice })
  const input = { ...made, options: { ...DEFAULT_ADVICE_OPTIONS, extras } }
  const before = process.memoryUsage().rss
  const began = performance.now()
  const { advice } = await runAdvice(input, { deadlineMs })
  tell({ name, calls: input.calls.length, ms: since(began), ...outcome(advice), rssBeforeMb: megabytes(before) })
}

const MEASURE: Readonly<Record<Part, () => Promise<void>>> = {
  import: measureImport,
  questions: measureQuestions,
  year: () => measureSearch('a year', 1, 12, false),
  asides: () => measureSearch('a year with sensitivity, back-test and hindsight', 1, 12, true),
  abroad: () => measureSearch('three times the calling abroad', 3, 60, false),
}

/** This file again, for one part. */
async function inProcess(part: Part, file: string): Promise<void> {
  const script = process.argv[1]
  if (script === undefined) throw new Error('a script is run')
  const options = ['--part', part, '--file', file, '--calls', String(calls), '--seconds', String(values.seconds)]
  const json = values.json ? ['--json'] : []
  const child = spawn(process.execPath, [...process.execArgv, script, 'advice', ...options, ...json], {
    stdio: 'inherit',
  })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`${part} ended with ${code}`)
}

async function measureAll(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-bench-'))
  try {
    for (const part of PARTS) {
      if (values.only !== undefined && values.only !== part) continue
      const file = part === 'import' ? join(folder, 'calls.csv') : ''
      if (file !== '')
        await writeUsageExport(
          file,
          makeHistory({ users: 1000, calls, seed: 1, abroad: 1, licencePrice: 20, planPrice: 12 }),
        )
      await inProcess(part, file)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const asked = PARTS.find((part) => part === values.part)
await (asked === undefined ? measureAll() : MEASURE[asked]())
