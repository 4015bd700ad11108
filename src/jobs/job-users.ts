/** Changes of many users: a file of them, or the same change for a selection. Each user once, whatever is restarted in between. */
import { csvLine } from '../core/csv-import.ts'
import { formatId, type UserId, type Uuid } from '../core/ids.ts'
import type { Language } from '../core/problems.ts'
import type { UserColumn } from '../core/user-csv.ts'
import { type RowFault, targetOf, type Verdict } from '../core/user-import.ts'
import { COLUMN_WORDS, faultSentence, RESULT_TITLES, VERDICT_WORDS } from '../core/user-import-words.ts'
import type { Refused, UserWish } from '../core/user-wish.ts'
import type { Tx } from '../store/db.ts'
import { findTenant } from '../store/tenant.ts'
import { findUsers } from '../store/user.ts'
import { type ChangeContext, type Changed, changeUser, lockForUsers } from '../store/user-change.ts'
import { findImport, type ReadImport, readImport } from '../store/user-import.ts'
import type { JobContext } from './index.ts'
import { JobFailed, type JobKind, type JobRun } from './job-kind.ts'

export type UserJobContext = Pick<JobContext, 'newId' | 'engine'> & {
  /** Told when telephones or numbers of users may have changed. */
  readonly onDirectoryChange: () => void
}

/** Rows of one transaction: while it lasts, calls of the tenant wait for the pools that it changes. */
const ROWS_A_STEP = 20

export const IMPORT_USERS = 'import-users'
export const CHANGE_USERS = 'change-users'

export interface ImportUsersInput {
  readonly importId: Uuid
}

export interface ChangeUsersInput {
  readonly userIds: readonly UserId[]
  readonly wish: UserWish
}

interface Outcome {
  readonly verdict: Verdict
  readonly fault: RowFault | null
}

type Counts = Record<Verdict, number>

export const importUsers = (context: UserJobContext): JobKind => ({
  kind: IMPORT_USERS,
  async run(run) {
    const { job, db } = run
    const { importId } = job.input as ImportUsersInput
    const given = await findImport(db, job.tenantId, importId)
    if (!given) throw new JobFailed('not-found')

    /** As it is now. That earlier rows have named their users is told again; what they did is there. */
    async function load(done: number): Promise<ReadImport> {
      if (!given) throw new JobFailed('not-found')
      const read = await readImport(db, given, db)
      for (const row of read.rows.slice(0, done)) targetOf(row, read.roster, read.options)
      return read
    }

    let read = await load(job.done)
    const { delimiter } = given
    await inSteps(run, context, {
      name: resultName(given.fileName, job.language),
      head: csvLine([...read.titles, ...RESULT_TITLES[job.language]], delimiter),
      total: read.rows.length,
      async again(done) {
        read = await load(done)
      },
      async row(tx, change, index) {
        const row = read.rows[index]
        if (!row) throw new Error('a row that was read is not there')
        const target = targetOf(row, read.roster, read.options)
        let outcome: Outcome
        if (target.fault !== null || row.fault !== null) {
          outcome = { verdict: 'error', fault: target.fault ?? row.fault }
        } else {
          const changed = await changeUser(tx, change, target.userId, row.wish)
          if (changed.refused === null) {
            read.roster.apply(changed.user.userId, changed)
            read.roster.see(changed.user.userId, row.line)
          }
          outcome = outcomeOf(changed)
        }
        const cells = read.titles.map((_, column) => read.cells[index]?.[column] ?? '')
        return { outcome, line: csvLine([...cells, ...said(outcome, job.language)], delimiter) }
      },
    })
  },
})

export const changeUsers = (context: UserJobContext): JobKind => ({
  kind: CHANGE_USERS,
  async run(run) {
    const { job } = run
    const { userIds, wish } = job.input as ChangeUsersInput
    const titles: UserColumn[] = ['id', 'name', 'email']
    const words = COLUMN_WORDS[job.language]
    await inSteps(run, context, {
      name: job.language === 'fr' ? 'utilisateurs-resultat.csv' : 'users-result.csv',
      head: csvLine([...titles.map((title) => words[title]), ...RESULT_TITLES[job.language]], ','),
      total: userIds.length,
      again: async () => undefined,
      async row(tx, change, index) {
        const userId = userIds[index]
        if (!userId) throw new Error('a user that was named is not there')
        const [user] = await findUsers(tx, job.tenantId, [userId])
        const outcome: Outcome = user
          ? outcomeOf(await changeUser(tx, change, userId, wish))
          : { verdict: 'error', fault: { code: 'user-unknown', column: 'id', cell: '' } }
        const cells = [formatId('user', userId), user?.name ?? '', user?.email ?? '']
        return { outcome, line: csvLine([...cells, ...said(outcome, job.language)], ',') }
      },
    })
  },
})

interface Work {
  readonly name: string
  readonly head: string
  readonly total: number
  /** A step begins again: what was kept in memory of it did not happen. */
  again(done: number): Promise<void>
  row(tx: Tx, change: ChangeContext, index: number): Promise<{ readonly outcome: Outcome; readonly line: string }>
}

/** Does the rows that are left, some in each transaction, and writes what became of each. */
async function inSteps(run: JobRun, context: UserJobContext, work: Work): Promise<void> {
  const { job, db } = run
  const file = { name: work.name, type: 'text/csv; charset=utf-8' }
  const tenant = await findTenant(db, job.tenantId)
  if (!tenant) throw new JobFailed('tenant-unknown')
  let counts = (job.summary ?? { create: 0, change: 0, same: 0, error: 0 }) as Counts
  await run.progress(job.done, work.total)
  for (let from = job.done; from < work.total || from === 0; from += ROWS_A_STEP) {
    const to = Math.min(from + ROWS_A_STEP, work.total)
    let tries = 0
    let after = counts
    await run.step(file, async (tx) => {
      if (tries++ > 0) await work.again(from)
      after = { ...counts }
      // A mark at the beginning lets spreadsheets read accents.
      let append = from === 0 ? `\ufeff${work.head}` : ''
      await lockForUsers(tx, tenant.tenantId)
      const change = { tenant, actor: job.requestedBy, now: run.now(), newId: context.newId }
      for (let index = from; index < to; index++) {
        const { outcome, line } = await work.row(tx, change, index)
        after[outcome.verdict]++
        append += line
      }
      return { done: to, append, summary: after }
    })
    counts = after
    context.engine.events.emit('changed', [tenant.tenantId])
  }
  context.onDirectoryChange()
}

function outcomeOf(changed: Changed | Refused): Outcome {
  if (changed.refused === null) {
    return { verdict: changed.before === null ? 'create' : changed.isSame ? 'same' : 'change', fault: null }
  }
  const { refused, param, sku } = changed
  return {
    verdict: 'error',
    fault: { code: refused, column: param, cell: '', ...(sku === undefined ? {} : { sku }) },
  }
}

const said = ({ verdict, fault }: Outcome, language: Language): string[] => [
  VERDICT_WORDS[language][verdict],
  fault === null ? '' : faultSentence(fault, language),
]

/** `people.csv` → `people-result.csv`. */
const resultName = (fileName: string, language: Language): string =>
  `${fileName.replace(/\.[^.]*$/, '')}-${language === 'fr' ? 'resultat' : 'result'}.csv`
