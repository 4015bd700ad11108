/**
 * `npm run ringfence -- check out.json calls.csv`: does the basket cost what the advice says, and is nothing cheaper? Adds everything up
 * again without the calculation that made it. The calls are the rated ones that `advise --rated` writes, or the records they came from.
 */
import { createReadStream, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { Command, Option } from 'commander'
import { ratedCalls } from '../advice/certificate-file.ts'
import { check, type Verdict } from '../advice/check/check.ts'
import { CheckFault, looksRated } from '../advice/check/rated-calls.ts'
import { importCalls } from '../advice/import/importer.ts'
import type { Country } from '../core/country.ts'
import { type Currency, formatMicros, micros } from '../core/money.ts'
import type { Language } from '../core/problems.ts'
import { makeRateDeck } from '../core/rate-deck.ts'
import { parseRateDeckCsv } from '../core/rate-deck-csv.ts'
import { instant, type TimeZone } from '../core/time.ts'
import { demoRateDeckCsv } from '../demo/rate-deck.ts'
import { languageOption } from './installation.ts'

interface Options {
  readonly rates?: string
  readonly outside: string
  readonly dates?: 'day-first' | 'month-first'
  readonly column: readonly string[]
  readonly lang: Language
  readonly json?: boolean
}

/** The claim holds and is proven · it holds, and something cheaper may exist · it does not hold, or cannot be checked. */
const EXIT = { proven: 0, gap: 3, wrong: 1 } as const

const WORDS = {
  en: {
    calls: (count: string) => `${count} calls added up again.`,
    cost: (cost: string) => `The basket costs ${cost}.`,
    bound: (bound: string) => `Any basket costs at least ${bound}.`,
    proven: 'Right: nothing cheaper exists.',
    gap: (gap: string) => `Right as far as it goes: something up to ${gap} cheaper may exist; the search was stopped.`,
    wrong: (cost: string, bound: string) =>
      `Wrong: the certificate claims ${cost}, and at least ${bound} for any basket.`,
    fault: (why: string) => `Cannot be checked: ${why}.`,
  },
  fr: {
    calls: (count: string) => `${count} appels additionnés de nouveau.`,
    cost: (cost: string) => `Le panier coûte ${cost}.`,
    bound: (bound: string) => `Tout panier coûte au moins ${bound}.`,
    proven: 'Exact\u00a0: il n’existe rien de moins cher.',
    gap: (gap: string) =>
      `Exact, mais incomplet\u00a0: un panier jusqu’à ${gap} moins cher peut exister\u202f; la recherche a été arrêtée.`,
    wrong: (cost: string, bound: string) =>
      `Faux\u00a0: le certificat annonce ${cost}, et au moins ${bound} pour tout panier.`,
    fault: (why: string) => `Vérification impossible\u00a0: ${why}.`,
  },
} as const

export function checkCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('check')
    .description('Is an advice right? Recomputes its cost and its proof from the calls.')
    .argument('<certificate>', 'what `advise --certificate` wrote')
    .argument('<calls...>', 'what `advise --rated` wrote, or the records that were advised on')
    .option('--rates <file>', 'for records: the rate deck of the advice (CSV)')
    .option('--outside <digits>', 'for records: what is dialled for an outside line', '')
    .addOption(
      new Option('--dates <order>', 'for records: of dates such as 03/04/2026').choices(['day-first', 'month-first']),
    )
    .option('--column <field=name...>', 'for records: columns of plain lists', [])
    .addOption(languageOption(env))
    .option('--json', 'one JSON object, nothing else')
    .action(async (certificate: string, calls: readonly string[], options: Options) => {
      process.exitCode = await run(certificate, calls, options)
    })
}

async function run(certificateFile: string, files: readonly string[], options: Options): Promise<number> {
  const words = WORDS[options.lang]
  const print = (line: string): void => void process.stdout.write(`${line}\n`)
  try {
    const certificate = readFileSync(certificateFile, 'utf8')
    const verdict = await check(certificate, await callsOf(certificate, files, options))
    if (options.json) {
      const { result, cost, bound, claimedCost, claimedBound, currency, calls } = verdict
      const texts = Object.fromEntries(
        Object.entries({ cost, bound, claimedCost, claimedBound }).map(([name, value]) => [
          name,
          formatMicros(micros(value)),
        ]),
      )
      print(JSON.stringify({ result, ...texts, currency, calls }))
    } else for (const line of linesOf(verdict, options.lang)) print(line)
    return EXIT[verdict.result]
  } catch (error) {
    const isFile = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!(error instanceof CheckFault) && !isFile) throw error
    if (options.json) print(JSON.stringify({ result: 'fault', why: error.message }))
    else process.stderr.write(`${words.fault(error.message)}\n`)
    return EXIT.wrong
  }
}

function linesOf(verdict: Verdict, language: Language): string[] {
  const words = WORDS[language]
  const money = (value: bigint): string => `${formatMicros(micros(value))} ${verdict.currency}`
  const { cost, bound, claimedCost, claimedBound } = verdict
  const said = {
    proven: () => words.proven,
    gap: () => words.gap(money(cost - claimedBound)),
    wrong: () => words.wrong(money(claimedCost), money(claimedBound)),
  }
  return [
    words.calls(verdict.calls.toLocaleString(language)),
    words.cost(money(cost)),
    words.bound(money(bound)),
    said[verdict.result](),
  ]
}

/** Rated calls as they stand; records are read and rated again, by the settings of the certificate. */
async function callsOf(
  certificate: string,
  files: readonly string[],
  options: Options,
): Promise<AsyncIterable<string>> {
  const [first = ''] = files
  if (files.length === 1 && looksRated(await startOf(first))) return createReadStream(first, 'utf8')
  const { tenantCountry, zone, currency } = settingsOf(certificate)
  const read = parseRateDeckCsv(options.rates === undefined ? demoRateDeckCsv() : readFileSync(options.rates))
  if (read.errorCount > 0) throw new CheckFault(`${options.rates}: ${read.errors[0]?.message}`)
  const imported = await importCalls(
    files.map((path) => ({ path, name: basename(path) })),
    {
      country: tenantCountry as Country,
      timeZone: zone as TimeZone,
      outsidePrefix: options.outside,
      dateOrder: options.dates ?? null,
      mapping: Object.fromEntries(options.column.map((pair) => pair.split(/=(.*)/s).slice(0, 2))),
      deck: makeRateDeck(1, read.rows),
      currency: currency as Currency,
      at: instant(Date.now()),
    },
    {},
  )
  return (async function* () {
    yield* ratedCalls(imported)
  })()
}

function settingsOf(certificate: string): { tenantCountry: string; zone: string; currency: string } {
  try {
    return JSON.parse(certificate) as { tenantCountry: string; zone: string; currency: string }
  } catch {
    throw new CheckFault('the certificate is not JSON')
  }
}

async function startOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0)
    return buffer.subarray(0, bytesRead).toString('utf8')
  } finally {
    await file.close()
  }
}
