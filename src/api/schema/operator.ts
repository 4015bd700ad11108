/** What the operator’s pages are asked with and shown. */
import { z } from 'zod'
import { moneyOut, nameText, timeOut } from '../contract.ts'

export const TENANT_FLAG_NAMES = ['recharge-paused', 'wallet-dry', 'books-differ', 'sandbox'] as const
export const LICENCE_TYPES = ['with-calling-plan', 'without-calling-plan', 'not-available'] as const

const minuteOut = z.object({
  at: timeOut.meta({ description: 'When the minute began' }),
  decisions: z.number().int(),
  granted: z.number().int(),
  refused: z.record(z.string(), z.number().int()).meta({ description: 'By refusal code' }),
  other: z.number().int().meta({ description: 'Ends of calls, and requests out of order' }),
  faults: z.number().int().meta({ description: 'Nobody was answered' }),
  p50: z.number().nullable().meta({ description: 'Milliseconds at most, of half of them' }),
  p99: z.number().nullable(),
})

export const operatorOverviewOut = z
  .object({
    now: timeOut,
    ready: z.boolean().meta({ description: 'Calls can be charged' }),
    tenants: z.number().int(),
    users: z.number().int(),
    liveCalls: z.number().int(),
    rechargesPaused: z.number().int(),
    walletsDry: z.number().int(),
    openAlarms: z.number().int().meta({ description: 'At most 100 are counted' }),
    minutes: z.array(minuteOut).meta({ description: 'The last sixty of this process, the running one last' }),
    deck: z
      .object({ version: z.number().int(), rows: z.number().int() })
      .nullable()
      .meta({ description: 'null: nothing prices calls' }),
    books: z.object({
      checked: z.number().int(),
      balanced: z.number().int(),
      postings: z.number().int(),
      calls: z.number().int(),
      oldestAt: timeOut.nullable(),
      latestAt: timeOut.nullable(),
    }),
    switches: z.array(
      z.object({
        name: z.string(),
        state: z.enum(['off', 'not-installed', 'external', 'running', 'restarting', 'failed']),
        address: z.string().nullable(),
        callsInProgress: z.number().int(),
        durable: z.boolean(),
        restarts: z.number().int(),
      }),
    ),
    jobs: z.array(
      z.object({
        name: z.string(),
        everySeconds: z.number().int(),
        running: z.boolean(),
        lastStartedAt: timeOut.nullable(),
        lastTookMs: z.number().int().nullable(),
        elsewhere: z.boolean().meta({ description: 'Another process was at it' }),
        lastFailedAt: timeOut.nullable(),
        lastError: z.string().nullable(),
      }),
    ),
    nextMonthEnd: timeOut.nullable(),
    spenders: z
      .array(z.object({ tenantId: z.string(), name: z.string(), calls: z.number().int(), amount: moneyOut }))
      .meta({ description: 'Whose ended calls took most from their wallets in the last hour' }),
  })
  .meta({ id: 'OperatorOverview' })

export const tenantLineOut = z
  .object({
    id: z.string(),
    name: z.string(),
    country: z.string(),
    licenceType: z.enum(LICENCE_TYPES),
    createdAt: timeOut,
    users: z.number().int(),
    liveCalls: z.number().int(),
    seats: z.number().int().meta({ description: 'Voice licences bought' }),
    assigned: z.number().int(),
    available: moneyOut
      .nullable()
      .meta({ description: 'In the wallet, and not held by calls; null: its money is no business of the reader' }),
    partners: z.array(z.string()),
    flags: z.array(z.enum(TENANT_FLAG_NAMES)),
    books: z
      .object({ balanced: z.boolean(), checkedAt: timeOut, postings: z.number().int() })
      .nullable()
      .meta({ description: 'Of the last check; null: there was none' }),
  })
  .meta({ id: 'TenantLine' })

export const alarmOut = z
  .object({
    id: z.string(),
    kind: z.enum(['unrated', 'overrun', 'job-failed']),
    tenant: z.object({ id: z.string(), name: z.string() }).nullable(),
    subject: z.string().meta({ description: 'A number, the id of a call, or the name of a job' }),
    firstAt: timeOut,
    lastAt: timeOut,
    times: z.number().int(),
    closedAt: timeOut.nullable(),
    closedBy: z.string().nullable(),
  })
  .meta({ id: 'Alarm' })

export const partnerBody = z.strictObject({ name: nameText }).meta({ example: { name: 'Northwind Telecom' } })
