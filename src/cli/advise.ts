/**
 * `npm run ringfence -- advise calls.csv --country CA`: what would these calls have needed here? Reads exports and PBX logs, asks
 * nobody, sends nothing; prints the basket, its price, the reasons and the proof, and writes the certificate for `ringfence check`.
 */
import { createWriteStream, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { ratedCalls } from '../advice/certificate-file.ts'
import { adviceInputOf, type HistoryContext } from '../advice/history.ts'
import { type Import, type ImportOptions, importCalls, UnknownLayout } from '../advice/import/importer.ts'
import { SourceError } from '../advice/import/source.ts'
import { type KeptSearch, packSearch, unpackSearch } from '../advice/kept-search.ts'
import { type Run, type RunOptions, runAdvice } from '../advice/run.ts'
import { reportOf } from '../core/advice/report.ts'
import { CATALOGUE_RULES } from '../core/advice/rules.ts'
import type { Advice, AdvicePrices } from '../core/advice/types.ts'
import { VERDICT_COLUMNS, VERDICTS, type Verdict, verdictLine } from '../core/advice/verdict.ts'
import { COUNTRY_OFFERS, type Country, parseCountry } from '../core/country.ts'
import { type Currency, formatMicros, type Micros, micros, parseMicros } from '../core/money.ts'
import type { Language } from '../core/problems.ts'
import { makeRateDeck, type RateDeck } from '../core/rate-deck.ts'
import { parseRateDeckCsv } from '../core/rate-deck-csv.ts'
import { type Instant, instant, isTimeZone, type TimeZone } from '../core/time.ts'
import { demoRateDeckCsv } from '../demo/rate-deck.ts'
import { ADVISE_WORDS, type AdviseWords } from './advise-words.ts'
import { languageOption } from './installation.ts'

interface Options {
  readonly country: Country
  readonly zone?: TimeZone
  readonly currency?: Currency
  readonly rates?: string
  readonly licencePrice: Micros
  readonly internationalPrice: Micros
  readonly outside: string
  readonly dates?: 'day-first' | 'month-first'
  readonly column: readonly string[]
  readonly seconds: number
  readonly certificate?: string
  readonly rated?: string
  readonly verdicts?: string
  readonly keep?: string
  readonly lang: Language
  readonly json?: boolean
}

/** What is told, and how. */
type TellOptions = Pick<Options, 'certificate' | 'rated' | 'verdicts' | 'keep' | 'lang' | 'json'>

const EXIT_FAILED = 1
/** The practice price list of the demonstration, in every currency. */
const LICENCE_PRICE = '20'
const INTERNATIONAL_PRICE = '12'

const CUSTOMS: Readonly<Record<string, readonly [currency: string, zone: string]>> = {
  CA: ['CAD', 'America/Toronto'],
  GB: ['GBP', 'Europe/London'],
  US: ['USD', 'America/New_York'],
  PR: ['USD', 'America/Puerto_Rico'],
}

const readCountry = (text: string): Country => {
  const country = parseCountry(text.toUpperCase())
  if (country === null) throw new InvalidArgumentError('ISO 3166-1 alpha-2, such as CA')
  return country
}
const readZone = (text: string): TimeZone => {
  if (!isTimeZone(text)) throw new InvalidArgumentError('IANA time zone, such as America/Toronto')
  return text
}
const readCurrency = (text: string): Currency => {
  if (!/^[A-Z]{3}$/.test(text)) throw new InvalidArgumentError('ISO 4217, such as CAD')
  return text as Currency
}
const readPrice = (text: string): Micros => {
  const price = /^\d{1,9}([.,]\d{1,6})?$/.test(text) ? parseMicros(text.replace(',', '.')) : null
  if (price === null) throw new InvalidArgumentError('an amount such as 26.00')
  return price
}
const readSeconds = (text: string): number => {
  const seconds = Number(text)
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 86_400) throw new InvalidArgumentError('1 to 86400')
  return seconds
}

/** The default is described in words: help would write it as JSON, which has no bigint. */
const priceOption = (flags: string, description: string, usual: string): Option =>
  new Option(flags, description).argParser(readPrice).default(readPrice(usual), usual)

/** The sub-command; `files` may be CSV, gzip or zip, and may overlap. */
export function adviseCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('advise')
    .description('What do I need to buy? From the call records of another system; nothing leaves this machine.')
    .argument('<files...>', 'usage report (CSV or zip), Asterisk, FreeSWITCH, Kamailio, or a plain list')
    .requiredOption(
      '--country <code>',
      'country of the organisation, and of users and numbers that name none',
      readCountry,
    )
    .option('--zone <zone>', 'whose months, and whose clocks where times name no zone', readZone)
    .option('--currency <code>', 'of prices and rates', readCurrency)
    .option('--rates <file>', 'rate deck (CSV); else the made-up one of the demonstration')
    .addOption(priceOption('--licence-price <amount>', 'a licence with plan, per month', LICENCE_PRICE))
    .addOption(priceOption('--international-price <amount>', 'the International plan, per month', INTERNATIONAL_PRICE))
    .option('--outside <digits>', 'what is dialled for an outside line', '')
    .addOption(new Option('--dates <order>', 'of dates such as 03/04/2026').choices(['day-first', 'month-first']))
    .option('--column <field=name...>', 'plain lists: user, number, time, seconds, country, kind, id', [])
    .option('--seconds <n>', 'how long to search for a proof', readSeconds, 60)
    .option('--certificate <file>', 'write the answer and its proof, for `check`')
    .option('--rated <file>', 'write the calls as they were rated, for `check`')
    .option('--keep <file>', 'where a search that is stopped is kept, for `continue`')
    .option('--verdicts <file>', 'write each line that is not in the advice, and why')
    .addOption(languageOption(env))
    .option('--json', 'one JSON object, nothing else')
    .action(async (files: readonly string[], options: Options) => {
      process.exitCode = await advise(files, options)
    })
}

/** The other one: a search that `advise --keep` has kept goes on where it was. */
export function continueCommand(env: NodeJS.ProcessEnv): Command {
  return new Command('continue')
    .description('Go on with a search that was stopped, where it was: the same calls, prices and rates as then.')
    .argument('<file>', 'what `advise --keep` wrote; it is replaced by how far the search comes now')
    .option('--seconds <n>', 'how long to search for a proof', readSeconds, 600)
    .option('--certificate <file>', 'write the answer and its proof, for `check`')
    .option('--rated <file>', 'write the calls as they were rated, for `check`')
    .addOption(languageOption(env))
    .option('--json', 'one JSON object, nothing else')
    .action(async (file: string, options: TellOptions & { readonly seconds: number }) => {
      process.exitCode = await goOn(file, options)
    })
}

type Question = Omit<KeptSearch, 'states' | 'cost' | 'bound'>

async function goOn(file: string, options: TellOptions & { readonly seconds: number }): Promise<number> {
  const words = ADVISE_WORDS[options.lang]
  const kept = existsSync(file) ? unpackSearch(readFileSync(file)) : null
  if (kept === null) {
    process.stderr.write(`${words.notKept(file)}\n`)
    return EXIT_FAILED
  }
  const { states, ...question } = kept
  const found = await tellAnswer(question, { deadlineMs: options.seconds * 1000, states }, { ...options, keep: file })
  if (found && !options.json) {
    const gap = (amount: bigint): string => formatMicros(micros(amount))
    process.stdout.write(`\n${words.wentOn(gap(kept.cost - kept.bound), gap(found.advice.gap))}\n`)
  }
  return found ? 0 : EXIT_FAILED
}

async function advise(files: readonly string[], options: Options): Promise<number> {
  const words = ADVISE_WORDS[options.lang]
  const [ownCurrency = 'USD', ownZone = 'UTC'] = CUSTOMS[options.country] ?? []
  const currency = options.currency ?? (ownCurrency as Currency)
  const zone = options.zone ?? (ownZone as TimeZone)
  try {
    const deck = deckOf(options.rates, words)
    const began = performance.now()
    const at = instant(Date.now())
    const history = await read(files, options, { currency, zone, deck, at })
    if (!options.json) tellImport(history, words, performance.now() - began)
    const prices = pricesOf(options)
    const context: HistoryContext = { tenantCountry: options.country, currency, zone, prices, rules: CATALOGUE_RULES }
    const question: Question = { context, at, history, madeUpRates: options.rates === undefined }
    const found = await tellAnswer(question, { deadlineMs: options.seconds * 1000 }, options)
    return found ? 0 : EXIT_FAILED
  } catch (error) {
    if (error instanceof UnknownLayout) {
      const { file, unknown } = error
      process.stderr.write(
        `${words.unknownLayout(file, unknown.header.slice(0, 12).join(', '), unknown.missing.join(', '))}\n`,
      )
    } else if (error instanceof SourceError) process.stderr.write(`${words.source[error.code]}: ${error.message}\n`)
    else if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      process.stderr.write(`${words.noFile}: ${error.message}\n`)
    else throw error
    return EXIT_FAILED
  }
}

/** Calculates, writes the files that were asked for, and tells it. Null: there is no month with calls. */
async function tellAnswer(question: Question, run: RunOptions, options: TellOptions): Promise<Run | null> {
  const words = ADVISE_WORDS[options.lang]
  const { context, history, madeUpRates } = question
  const input = adviceInputOf(history, context)
  if (input === null) {
    process.stderr.write(`${words.noWholeMonth}\n`)
    return null
  }
  const began = performance.now()
  const found = await runAdvice(input, run)
  const { advice } = found
  if (options.certificate !== undefined) writeFileSync(options.certificate, found.certificateText)
  if (options.rated !== undefined) await writeFile(options.rated, ratedCalls(history))
  const report = reportOf(advice, { ...context, steps: [], read: history }, options.lang)
  const isKept = options.keep !== undefined && keepSearch(options.keep, question, found)
  if (options.json) process.stdout.write(`${JSON.stringify({ report, verdicts: history.verdicts })}\n`)
  else tellAdvice(report, advice, history, { words, milliseconds: performance.now() - began, options, madeUpRates })
  if (isKept && !options.json) process.stdout.write(`\n${words.kept(options.keep ?? '')}\n`)
  return found
}

/** What is proven needs no file to go on with. */
function keepSearch(file: string, question: Question, { advice, states }: Run): boolean {
  const bytes =
    advice.status === 'stopped'
      ? packSearch({ ...question, states, cost: advice.costs.total, bound: advice.bound })
      : null
  if (bytes) writeFileSync(file, bytes, { mode: 0o600 })
  else rmSync(file, { force: true })
  return bytes !== null
}

const pricesOf = ({ licencePrice, internationalPrice }: Options): AdvicePrices => ({
  withPlan: new Map(
    COUNTRY_OFFERS.filter((offer) => offer.licenceType === 'with-calling-plan').map(({ country }) => [
      country,
      { licence: licencePrice, international: internationalPrice },
    ]),
  ),
  withoutPlan: null,
})

function deckOf(rates: string | undefined, words: AdviseWords): RateDeck {
  const read = parseRateDeckCsv(rates === undefined ? demoRateDeckCsv() : readFileSync(rates))
  if (read.errorCount > 0)
    throw new Error(words.badRates(read.errorCount, read.errors[0]?.line ?? 0, read.errors[0]?.message ?? ''))
  return makeRateDeck(1, read.rows)
}

async function read(
  files: readonly string[],
  options: Options,
  { currency, zone, deck, at }: { currency: Currency; zone: TimeZone; deck: RateDeck; at: Instant },
): Promise<Import> {
  const mapping = Object.fromEntries(options.column.map((pair) => pair.split(/=(.*)/s).slice(0, 2)))
  const importOptions: ImportOptions = {
    country: options.country,
    timeZone: zone,
    outsidePrefix: options.outside,
    dateOrder: options.dates ?? null,
    mapping,
    deck,
    currency,
    at,
  }
  const verdicts = options.verdicts === undefined ? null : createWriteStream(options.verdicts)
  verdicts?.write(VERDICT_COLUMNS)
  const isTty = process.stderr.isTTY && !options.json
  const found = await importCalls(
    files.map((path) => ({ path, name: basename(path) })),
    importOptions,
    {
      onProgress({ file, lines }) {
        if (isTty) process.stderr.write(`\r${file}: ${lines.toLocaleString(options.lang)}\u001b[K`)
      },
      onVerdict: (line) => void verdicts?.write(verdictLine(line, options.lang)),
    },
  )
  if (isTty) process.stderr.write('\r\u001b[K')
  if (verdicts) await new Promise<void>((resolve) => void verdicts.end(resolve))
  return found
}

function tellImport(imported: Import, words: AdviseWords, milliseconds: number): void {
  const print = (line = ''): void => void process.stdout.write(`${line}\n`)
  for (const { name, layout, lines } of imported.files) print(words.file(name, words.layouts[layout], lines))
  print(words.counted(imported.calls.length, imported.users.length, (milliseconds / 1000).toFixed(1)))
  for (const [verdict, count] of Object.entries(imported.verdicts)) {
    if (verdict !== 'call' && count > 0)
      print(`  ${String(count).padStart(9)}  ${VERDICTS[verdict as Verdict][words.language]}`)
  }
  if (imported.localTimes > 0) print(words.localTimes(imported.localTimes))
  print()
}

interface Told {
  readonly words: AdviseWords
  readonly milliseconds: number
  readonly options: TellOptions
  readonly madeUpRates: boolean
}

function tellAdvice(
  report: ReturnType<typeof reportOf>,
  advice: Advice,
  imported: Import,
  { words, milliseconds, options, madeUpRates }: Told,
): void {
  const print = (line = ''): void => void process.stdout.write(`${line}\n`)
  const list = (title: string, sentences: readonly string[]): void => {
    if (sentences.length === 0) return
    print(`\n${title}`)
    for (const sentence of sentences) print(`  ${sentence}`)
  }
  print(report.headline)
  print(words.price(report.perMonth, report.total, report.months))
  if (imported.unreadable > 0) {
    const { outsideHint } = imported
    list(words.setAside, [
      ...report.setAside,
      ...(outsideHint ? [`--outside ${outsideHint.prefix}`] : []),
      ...(options.verdicts === undefined ? [words.whichLines] : []),
    ])
  }
  print()
  for (const line of report.lines) {
    print(`  ${String(line.quantity).padStart(5)}  ${line.what}   ${line.perMonth ?? ''}`)
    print(`         ${line.why}`)
  }
  list(words.proof, [report.proof, words.foundIn((milliseconds / 1000).toFixed(1))])
  const holders = advice.users
    .filter((user) => user.abroad?.holdsPlan === true)
    .map(({ user }) => imported.users[user]?.key ?? '')
  if (holders.length > 0) list(words.holders, [holders.slice(0, 40).join(', ') + (holders.length > 40 ? ' …' : '')])
  list(words.dontBuy, report.dontBuy)
  list(words.recharge, report.recharge)
  list(words.changes, report.changes)
  list(words.tests, report.tests)
  list(words.notes, [...(madeUpRates ? [words.madeUpRates] : []), ...report.notes])
  if (options.certificate !== undefined) print(`\n${words.certificate(options.certificate)}`)
}
