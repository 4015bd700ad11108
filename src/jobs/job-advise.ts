/** What would this tenant need (G1, A4): from a file of another system's calls, or from its own records. Calculated beside the calls. */
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { AdviseNews, AdviseTask } from '../advice/advise-worker.ts'
import type { ImportOptions } from '../advice/import/importer.ts'
import { ownHistory } from '../advice/own-history.ts'
import { advicePrices } from '../advice/prices.ts'
import { adviceToWire } from '../advice/wire.ts'
import { lastMonths, spanOf } from '../core/advice/months.ts'
import { CATALOGUE_RULES } from '../core/advice/rules.ts'
import { emptyRateDeck } from '../core/rate-deck.ts'
import { historyBegins } from '../store/call-history.ts'
import { activeDeck, loadDeck } from '../store/rate-deck.ts'
import { findTenant, tenantNow } from '../store/tenant.ts'
import { startThread } from '../thread.ts'
import { JobFailed, type JobKind, type JobRun } from './job-kind.ts'

/** How the file is to be read, and how much time the proof may take. */
export interface AdviseInput {
  readonly source: 'file' | 'records'
  readonly name: string
  /** Whole months back, of records. */
  readonly months: number
  readonly outsidePrefix: string
  readonly dateOrder: 'day-first' | 'month-first' | null
  readonly seconds: number
}

export interface AdviseSummary {
  readonly headline: Readonly<Record<'en' | 'fr', string>> | null
  readonly calls: number
  readonly unreadable: number
}

const RESULT = { name: 'advice.json', type: 'application/json' }

export const adviseJob: JobKind = {
  kind: 'advise',
  async run(run): Promise<AdviseSummary> {
    const input = run.job.input as AdviseInput
    const tenant = await findTenant(run.db, run.job.tenantId)
    if (!tenant) throw new JobFailed('not-found')
    const { currency, country, timeZone: zone } = tenant
    const at = tenantNow(tenant, run.now())
    const active = await activeDeck(run.db)
    const deck = active ? await loadDeck(run.db, active.id) : emptyRateDeck()
    const prices = await advicePrices(run.db, currency, at)
    const context = { tenantCountry: country, currency, zone, prices, rules: CATALOGUE_RULES }
    const deadlineMs = input.seconds * 1000
    const folder = await mkdtemp(join(tmpdir(), 'ringfence-advice-'))
    try {
      let task: AdviseTask
      if (input.source === 'file') {
        const path = join(folder, 'calls')
        await pipeline(run.upload(), createWriteStream(path, { mode: 0o600 }))
        const { outsidePrefix, dateOrder } = input
        const rates = { deck, currency, at }
        const importOptions: ImportOptions = {
          country,
          timeZone: zone,
          outsidePrefix,
          dateOrder,
          mapping: {},
          ...rates,
        }
        task = { context, deadlineMs, files: [{ path, name: input.name }], importOptions }
      } else {
        const since = await historyBegins(run.db, tenant)
        const span = spanOf(lastMonths({ timeZone: zone, since }, input.months, at), at)
        const history = await ownHistory(run.db, {
          tenantId: tenant.tenantId,
          country,
          ...span,
          ...{ deck, currency, at },
          onProgress: (calls) => run.progress(calls, null),
        })
        task = { context, deadlineMs, history }
      }
      const done = await calculate(task, run)
      const { advice, summary, people, certificate } = done
      if (advice === null) throw new JobFailed('no-calls')
      const wire = (language: 'en' | 'fr') => adviceToWire(advice, { ...context, steps: [], at }, language)
      const result = { en: wire('en'), fr: wire('fr'), read: summary, users: usersOf(advice, people), certificate }
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

async function calculate(task: AdviseTask, run: JobRun): Promise<Done> {
  const worker = startThread(new URL('../advice/advise-worker.ts', import.meta.url), { workerData: task })
  try {
    return await new Promise<Done>((resolve, reject) => {
      worker.on('message', (news: AdviseNews) => {
        if (news.kind === 'lines') run.progress(news.lines, null).catch(reject)
        else if (news.kind === 'done') resolve(news)
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
