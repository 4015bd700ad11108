/** What would this tenant need (G1, A4): from a file of another system's calls, or from its own records. Calculated beside the calls. */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { AdviseNews, AdviseTask, ContinueTask } from '../advice/advise-worker.ts'
import type { ImportOptions } from '../advice/import/importer.ts'
import type { ColumnMapping } from '../advice/import/layout.ts'
import { ownHistory } from '../advice/own-history.ts'
import { advicePrices } from '../advice/prices.ts'
import { adviceToWire } from '../advice/wire.ts'
import { lastMonths, spanOf } from '../core/advice/months.ts'
import { CATALOGUE_RULES } from '../core/advice/rules.ts'
import type { Uuid } from '../core/ids.ts'
import { micros, toMoney } from '../core/money.ts'
import { emptyRateDeck } from '../core/rate-deck.ts'
import { historyBegins } from '../store/call-history.ts'
import { findJob, readPieces } from '../store/job.ts'
import { activeDeck, loadDeck } from '../store/rate-deck.ts'
import { findTenant, type TenantRow, tenantNow } from '../store/tenant.ts'
import { startThread } from '../thread.ts'
import { JobFailed, type JobKind, type JobRun } from './job-kind.ts'

export type AdviseInput = NewAdvice | ContinuedAdvice

/** The search of another job of the tenant goes on. */
export interface ContinuedAdvice {
  readonly source: 'search'
  readonly jobId: Uuid
  readonly seconds: number
}

/** How the file is to be read, and how much time the proof may take. */
export interface NewAdvice {
  readonly source: 'file' | 'records'
  readonly name: string
  /** Whole months back, of records. */
  readonly months: number
  readonly outsidePrefix: string
  readonly dateOrder: 'day-first' | 'month-first' | null
  /** What a plain list calls its columns; absent: found by the usual names. */
  readonly mapping?: ColumnMapping
  readonly seconds: number
}

export interface AdviseSummary {
  readonly headline: Readonly<Record<'en' | 'fr', string>> | null
  readonly calls: number
  readonly unreadable: number
}

/** Longer proofs stay with whoever asks at a terminal. */
const CERTIFICATE_MAX = 16 * 2 ** 20

const RESULT = { name: 'advice.json', type: 'application/json' }

export const adviseJob: JobKind = {
  kind: 'advise',
  async run(run): Promise<AdviseSummary> {
    const input = run.job.input as AdviseInput
    const tenant = await findTenant(run.db, run.job.tenantId)
    if (!tenant) throw new JobFailed('not-found')
    const folder = await mkdtemp(join(tmpdir(), 'ringfence-advice-'))
    try {
      const task = input.source === 'search' ? await continued(run, input) : await asked(run, input, { tenant, folder })
      const done = await calculate(task, run)
      const { advice, summary, people, certificate, context, at, before, kept } = done
      if (advice === null) throw new JobFailed('no-calls')
      if (kept !== null) run.keep(kept)
      const wire = (language: 'en' | 'fr') =>
        adviceToWire(advice, { ...context, steps: [], at, read: summary }, language)
      const money = (amount: bigint) => toMoney(micros(amount), context.currency)
      const result = {
        en: wire('en'),
        fr: wire('fr'),
        read: summary,
        users: usersOf(advice, people),
        certificate: certificate.length <= CERTIFICATE_MAX ? certificate : '',
        mayContinue: kept !== null,
        // Where it stood when it was told to go on.
        before: before && { total: money(before.cost), gap: money(before.cost - before.bound) },
      }
      const writer = await run.writeResult(RESULT)
      await writer.write(JSON.stringify(result))
      await writer.end()
      const { en, fr } = result
      return {
        headline: { en: en.report.headline, fr: fr.report.headline },
        calls: summary.calls,
        unreadable: summary.unreadable,
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
}

interface Asked {
  readonly tenant: TenantRow
  /** For the file. */
  readonly folder: string
}

/** A question about a file, or about the records of the last months, at today's prices and rates. */
async function asked(run: JobRun, input: NewAdvice, { tenant, folder }: Asked): Promise<AdviseTask> {
  const { currency, country, timeZone: zone } = tenant
  const at = tenantNow(tenant, run.now())
  const active = await activeDeck(run.db)
  const deck = active ? await loadDeck(run.db, active.id) : emptyRateDeck()
  const prices = await advicePrices(run.db, currency, at)
  const rates = { deck, currency, at }
  const task = {
    context: { tenantCountry: country, currency, zone, prices, rules: CATALOGUE_RULES },
    at,
    deadlineMs: input.seconds * 1000,
  }
  if (input.source === 'file') {
    const path = join(folder, 'calls')
    await pipeline(run.upload(), createWriteStream(path, { mode: 0o600 }))
    const { outsidePrefix, dateOrder, name, mapping = {} } = input
    const importOptions: ImportOptions = { country, timeZone: zone, outsidePrefix, dateOrder, mapping, ...rates }
    return { ...task, files: [{ path, name }], importOptions }
  }
  const since = await historyBegins(run.db, tenant)
  const span = spanOf(lastMonths({ timeZone: zone, since }, input.months, at), at)
  const history = await ownHistory(run.db, {
    tenantId: tenant.tenantId,
    country,
    ...span,
    ...rates,
    onProgress: (calls) => run.progress(calls, null),
  })
  return { ...task, history }
}

async function continued({ db, job }: JobRun, { jobId, seconds }: ContinuedAdvice): Promise<ContinueTask> {
  if ((await findJob(db, job.tenantId, jobId)) === null) throw new JobFailed('not-found')
  const pieces: Buffer[] = []
  for await (const piece of readPieces(db, jobId, 'input')) pieces.push(piece)
  return { kept: Buffer.concat(pieces), deadlineMs: seconds * 1000 }
}

type Done = Extract<AdviseNews, { kind: 'done' }>

/** Who gets what and why, with names, for the page and for buying it. */
const usersOf = ({ users }: NonNullable<Done['advice']>, people: readonly string[]) =>
  users.map(({ user, licence, why, abroad }) => ({
    name: people[user] ?? '',
    licence,
    why: why.code,
    abroad: abroad && {
      holdsPlan: abroad.holdsPlan,
      spend: abroad.spend.toString(),
      poolSeconds: abroad.poolSeconds,
      opposite: abroad.opposite.toString(),
    },
  }))

async function calculate(task: AdviseTask | ContinueTask, run: JobRun): Promise<Done> {
  const worker = startThread(new URL('../advice/advise-worker.ts', import.meta.url), { workerData: task })
  try {
    return await new Promise<Done>((resolve, reject) => {
      worker.on('message', (news: AdviseNews) => {
        if (news.kind === 'lines') run.progress(news.lines, null).catch(reject)
        else if (news.kind === 'done') resolve(news)
        else if (news.kind === 'not-kept') reject(new JobFailed('not-found'))
        else if (news.kind === 'unknown-layout') reject(new JobFailed('unknown-call-layout'))
        else reject(new JobFailed(news.code))
      })
      worker.on('error', reject)
      worker.on('exit', () => reject(new Error('the calculating thread ended')))
    })
  } finally {
    await worker.terminate()
  }
}
