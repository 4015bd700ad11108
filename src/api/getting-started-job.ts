/**
 * "Done" of the wizard (G2): what was chosen, one thing after the other, each in a transaction that also says that it is done. Whatever
 * is killed in between, the next attempt goes on behind what is there; what is refused undoes nothing that succeeded.
 */
import { ATTENDANT_FAULTS, type Fault } from '../core/attendant-check.ts'
import { csvLine } from '../core/csv-import.ts'
import { isPossible, tasksOf } from '../core/getting-started.ts'
import type { TenantId, UserId } from '../core/ids.ts'
import type { E164 } from '../core/numbering.ts'
import type { Language } from '../core/problems.ts'
import { JobFailed, type JobKind, type JobRun } from '../jobs/job-kind.ts'
import type { Tx } from '../store/db.ts'
import {
  dropTask,
  endTask,
  type Kept,
  listTasks,
  lockKept,
  lockNextTask,
  readKept,
  readStanding,
  type Standing,
  saveKept,
  type TaskRow,
  withChoice,
} from '../store/getting-started.ts'
import { findNumber } from '../store/number.ts'
import { findOrder } from '../store/number-order.ts'
import { findTenant, type TenantRow, tenantNow } from '../store/tenant.ts'
import { findUser } from '../store/user.ts'
import { changeUser, lockForUsers } from '../store/user-change.ts'
import { leadHere, publishAttendant } from './attendant.ts'
import type { By } from './by.ts'
import { giveNumber } from './number-assign.ts'
import { confirmNumbers, reserveNumbers } from './number-order.ts'
import { PROBLEMS, Problem } from './problem.ts'
import type { Deps } from './server.ts'
import { nameTelephone } from './softphone.ts'
import { wishProblem } from './user.ts'

export const FINISH_SET_UP = 'finish-set-up'

export type FinishContext = Pick<Deps, 'newId' | 'onDirectoryChange'> & {
  readonly engine: Pick<Deps['engine'], 'events'>
}

export const finishSetUp = (context: FinishContext): JobKind => ({
  kind: FINISH_SET_UP,
  async run(run) {
    const { job, db } = run
    const tenant = await findTenant(db, job.tenantId)
    if (!tenant) throw new JobFailed('tenant-unknown')
    const by: By = { newId: context.newId, clock: { now: () => run.now() }, actor: job.requestedBy }
    const doer: Doer = { run, by, tenant }
    await run.progress(job.done, (await listTasks(db, job.tenantId)).length)
    while (await doNext(doer)) {
      context.onDirectoryChange()
      context.engine.events.emit('changed', [job.tenantId])
    }
    const tasks = await listTasks(db, job.tenantId)
    return {
      done: tasks.filter(({ state }) => state === 'done').length,
      failed: tasks.filter(({ state }) => state === 'failed').length,
    }
  },
})

interface Doer {
  readonly run: JobRun
  readonly by: By
  readonly tenant: TenantRow
}

/** Does the next task, or writes down why not. False: all have been tried. */
async function doNext(doer: Doer): Promise<boolean> {
  let tried: TaskRow | null = null
  try {
    return await step(doer, async (tx) => {
      tried = null
      const kept = await lockKept(tx, doer.tenant.tenantId)
      const task = await lockNextTask(tx, doer.tenant.tenantId)
      if (!task) return null
      tried = task
      const standing = await readStanding(tx, doer.tenant, kept)
      if (!isPossible(standing.facts, task)) {
        await dropTask(tx, doer.tenant.tenantId, task.key)
        return ''
      }
      // Somebody may have done it on another page while it waited.
      const isWanted = tasksOf({ ...standing, later: kept.later }).some(({ key }) => key === task.key)
      const number = isWanted ? await carryOut(tx, doer, task, kept, standing) : null
      await endTask(tx, doer.tenant.tenantId, task.key, { state: 'done', number })
      return line(doer, task, number, null)
    })
  } catch (error) {
    const task = tried as TaskRow | null
    if (!(error instanceof Problem) || !task) throw error
    return step(doer, async (tx) => {
      await lockKept(tx, doer.tenant.tenantId)
      const { code, details } = error
      const detail = detailOf(error)
      const { language } = doer.run.job
      await endTask(tx, doer.tenant.tenantId, task.key, {
        state: 'failed',
        failure: code,
        about: details.param ?? null,
        detail,
      })
      return line(doer, task, null, detail?.[language] ?? PROBLEMS[code].title[language])
    })
  }
}

/** One transaction of the job. `work` gives what is added to its report; null: nothing was left to do. */
async function step({ run }: Doer, work: (tx: Tx) => Promise<string | null>): Promise<boolean> {
  const { language, tenantId } = run.job
  let went = false
  await run.step({ name: REPORT[language], type: 'text/csv; charset=utf-8' }, async (tx) => {
    const text = await work(tx)
    went = text !== null
    const tried = (await listTasks(tx, tenantId)).filter(({ state }) => state !== 'waiting').length
    return { done: tried, append: text ?? '' }
  })
  return went
}

const REPORT: Readonly<Record<Language, string>> = { en: 'getting-started.csv', fr: 'mise-en-route.csv' }

const TASK_WORDS: Readonly<Record<Language, Readonly<Record<TaskRow['kind'], string>>>> = {
  en: {
    number: 'Company phone number',
    user: 'Licence and number',
    attendant: 'Greeting and call menu',
    connect: 'Company number to the greeting',
  },
  fr: {
    number: 'Numéro de téléphone de l’entreprise',
    user: 'Licence et numéro',
    attendant: 'Message d’accueil et menu d’appel',
    connect: 'Numéro de l’entreprise vers l’accueil',
  },
}

/** What, for whom, which number, and what kept it from being done. */
const line = ({ run }: Doer, { kind, userName }: TaskRow, number: E164 | null, refused: string | null): string =>
  csvLine([TASK_WORDS[run.job.language][kind], userName ?? '', number ?? '', refused ?? ''], ',')

/** The sentence of a problem in both languages, where it has one of its own. */
function detailOf({ code, details }: Problem): Readonly<Record<Language, string>> | null {
  if (code === 'attendant-not-ready') {
    const [first] = (details.extra?.faults ?? []) as readonly Fault[]
    return first ? ATTENDANT_FAULTS[first.code] : null
  }
  return typeof details.detail === 'object' ? details.detail : null
}

/** Does it; gives the number that came of it. Throws a `Problem` where it cannot be, and then nothing of it has happened. */
function carryOut(tx: Tx, doer: Doer, task: TaskRow, kept: Kept, standing: Standing): Promise<E164 | null> {
  switch (task.kind) {
    case 'number':
      return takeCompanyNumber(tx, doer, kept)
    case 'user':
      return equip(tx, doer, task.userId, kept, standing)
    case 'attendant':
      return publish(tx, doer, standing)
    case 'connect':
      return connect(tx, doer, standing)
  }
}

/** What the numbers are called in the list of orders. */
const ORDER_NAME: Readonly<Record<Language, string>> = { en: 'Getting started', fr: 'Mise en route' }

async function takeCompanyNumber(tx: Tx, { by, tenant, run }: Doer, kept: Kept): Promise<E164 | null> {
  const chosen = kept.choices.number
  if (!chosen) return null
  const wished = await findOrder(tx, tenant.tenantId, chosen.orderId)
  if (!wished) throw new Problem('reservation-ended')
  let { orderId } = chosen
  if (!(wished.status === 'reserved' && wished.expiresAt > tenantNow(tenant, by.clock.now()))) {
    // The very number that people saw, or none: they choose another one then.
    const again = await reserveNumbers(tx, by, tenant, { ...wishOf(wished, 1, chosen), again: orderId })
    if (again.numbers[0] !== wished.numbers[0]) throw new Problem('reservation-ended')
    orderId = again.orderId
  }
  const { temporary } = chosen
  const order = await confirmNumbers(tx, by, tenant, orderId, { name: ORDER_NAME[run.job.language], temporary })
  await saveKept(tx, tenant.tenantId, withChoice(kept, 'number', null))
  return order.numbers[0] ?? null
}

const wishOf = (
  {
    country,
    type,
  }: { readonly country: TenantRow['country']; readonly type: 'user' | 'service-toll' | 'service-toll-free' },
  quantity: number,
  { city, areaCode }: { readonly city: string; readonly areaCode: string },
) => ({
  country,
  type,
  quantity,
  ...(city === '' ? {} : { city }),
  ...(areaCode === '' ? {} : { areaCode }),
})

/** Licence, number, emergency location, and a telephone that can ring. */
async function equip(
  tx: Tx,
  doer: Doer,
  userId: UserId | null,
  kept: Kept,
  { locationId }: Standing,
): Promise<E164 | null> {
  const { by, tenant } = doer
  const { tenantId } = tenant
  const before = userId === null ? null : await findUser(tx, tenantId, userId)
  if (!before) throw new Problem('user-not-found')
  await lockForUsers(tx, tenantId)
  const context = { tenant, actor: by.actor, now: by.clock.now(), newId: by.newId }
  const changed = await changeUser(tx, context, before.userId, { voiceSku: 'voice-with-calling-plan' })
  if (changed.refused !== null) throw wishProblem(changed)
  const { user } = changed
  if (user.sipUsername === null) await nameTelephone(tx, by, tenant, user)
  if (user.number !== null) {
    await forgetChosen(tx, tenantId, user.userId)
    return user.number
  }
  const number = await numberFor(tx, doer, user.userId, kept, locationId)
  const found = await findNumber(tx, number)
  if (!found || found.tenantId !== tenantId) throw new Problem('reservation-ended')
  await giveNumber(tx, by, tenant, found.numberId, {
    userId: user.userId,
    ...(locationId === null ? {} : { locationId }),
    notify: true,
  })
  await forgetChosen(tx, tenantId, user.userId)
  return number
}

/** Whoever is equipped is no choice any more: a licence that is taken away later is not given again. */
async function forgetChosen(tx: Tx, tenantId: TenantId, userId: UserId): Promise<void> {
  const kept = await readKept(tx, tenantId)
  const { licences } = kept.choices
  const people = licences?.people.filter((one) => one.userId !== userId) ?? []
  await saveKept(
    tx,
    tenantId,
    withChoice(kept, 'licences', licences && people.length > 0 ? { ...licences, people } : null),
  )
}

/** The number that was chosen for somebody, in service. When the ten minutes are over, others of the same place are taken instead. */
async function numberFor(
  tx: Tx,
  { by, tenant, run }: Doer,
  userId: UserId,
  kept: Kept,
  locationId: Standing['locationId'],
): Promise<E164> {
  const chosen = kept.choices.licences
  const mine = chosen?.people.find((one) => one.userId === userId)?.number
  if (!chosen || !mine || chosen.orderId === null) throw new Problem('reservation-ended')
  const confirm = (orderId: typeof chosen.orderId) =>
    confirmNumbers(tx, by, tenant, orderId, {
      name: ORDER_NAME[run.job.language],
      temporary: chosen.temporary,
      ...(locationId === null ? {} : { locationId }),
    })
  const order = await findOrder(tx, tenant.tenantId, chosen.orderId)
  if (order?.status === 'completed') return mine
  if (order?.status === 'reserved' && order.expiresAt > tenantNow(tenant, by.clock.now())) {
    await confirm(order.orderId)
    return mine
  }
  const lacking = chosen.people.filter(({ number }) => number !== null)
  const wish = wishOf({ country: tenant.country, type: 'user' }, lacking.length, chosen)
  const again = await reserveNumbers(tx, by, tenant, { ...wish, ...(order ? { again: order.orderId } : {}) })
  await confirm(again.orderId)
  const numbers = new Map(lacking.map((one, index) => [one.userId, again.numbers[index] ?? null]))
  const people = chosen.people.map((one) => ({ ...one, number: numbers.get(one.userId) ?? null }))
  await saveKept(tx, tenant.tenantId, withChoice(kept, 'licences', { ...chosen, orderId: again.orderId, people }))
  const given = numbers.get(userId)
  if (!given) throw new Problem('reservation-ended')
  return given
}

async function publish(tx: Tx, { by, tenant, run }: Doer, { attendant }: Standing): Promise<null> {
  await publishAttendant(tx, by, tenant, attendant?.attendantId ?? null, run.job.language)
  return null
}

async function connect(tx: Tx, { by, tenant }: Doer, { attendant, company }: Standing): Promise<E164 | null> {
  if (!company) return null
  await leadHere(tx, by, tenant, attendant?.attendantId ?? null, company.numberId)
  return company.number
}
