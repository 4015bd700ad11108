/** `npm run ringfence -- audit`: works out every account of every organisation again from the postings (A2), beside a server at work or without. */
import { existsSync } from 'node:fs'
import { Command } from 'commander'
import { auditToWire } from '../api/audit-view.ts'
import { formatId, parseId, type TenantId } from '../core/ids.ts'
import type { Language } from '../core/problems.ts'
import { auditTenant } from '../store/audit.ts'
import { type Db, openDb } from '../store/db.ts'
import { schemaAge } from '../store/migrate.ts'
import { findTenant, listTenants, type TenantRow } from '../store/tenant.ts'
import { databaseUrlOf, type Env, homeOf, languageOption, withDatabase } from './installation.ts'
import { OPERATOR_WORDS, type OperatorWords } from './operator-words.ts'

interface Options {
  readonly tenant?: string
  readonly lang: Language
  readonly json?: boolean
}

/** 0: all adds up · 1: something does not · 2: it could not be looked at. */
const EXIT = { balanced: 0, wrong: 1, fault: 2 } as const
const PAGE = 200

export function auditCommand(env: Env): Command {
  return new Command('audit')
    .description(
      'Does every second and every cent add up? Recomputes all accounts from the postings; calls go on meanwhile.',
    )
    .option('--tenant <id>', 'this organisation only (ten_…)')
    .addOption(languageOption(env))
    .option('--json', 'one JSON object a line, nothing else')
    .action(async (options: Options) => {
      process.exitCode = await run(env, options)
    })
}

async function run(env: Env, options: Options): Promise<number> {
  const words = OPERATOR_WORDS[options.lang]
  const url = databaseUrlOf(env)
  const home = homeOf(env)
  if (url !== null) return auditDatabase(url, options)
  if (existsSync(home)) return withDatabase(home, (found) => auditDatabase(found, options))
  return complain(words.noDatabase(home))
}

/** Audits the database at `url` and says so on standard output; gives the exit code. */
export async function auditDatabase(url: string, options: Options): Promise<number> {
  const words = OPERATOR_WORDS[options.lang]
  const db = openDb(url, { statementTimeoutMs: 0, maxConnections: 1 })
  try {
    const age = await schemaAge(db)
    if (age !== 'current') return complain(words.schema[age])
    if (options.tenant !== undefined) {
      const tenantId = parseId('tenant', options.tenant)
      const tenant = tenantId && (await findTenant(db, tenantId as TenantId))
      if (!tenant) return complain(words.noTenant(options.tenant))
      return conclude(words, options, 1, (await tellTenant(db, tenant, options)) ? 0 : 1)
    }
    let [count, wrong]: [number, number] = [0, 0]
    for (let after: TenantId | null = null; ; ) {
      const tenants: TenantRow[] = await listTenants(db, PAGE, after)
      for (const tenant of tenants) if (!(await tellTenant(db, tenant, options))) wrong++
      count += tenants.length
      after = tenants.at(-1)?.tenantId ?? null
      if (tenants.length < PAGE) return conclude(words, options, count, wrong)
    }
  } finally {
    await db.close()
  }
}

/** Gives whether it is balanced. */
async function tellTenant(db: Db, { tenantId, name, currency }: TenantRow, options: Options): Promise<boolean> {
  const words = OPERATOR_WORDS[options.lang]
  const audit = auditToWire(await auditTenant(db, tenantId), currency)
  if (options.json) {
    print(JSON.stringify({ tenantId: formatId('tenant', tenantId), name, ...audit }))
    return audit.balanced
  }
  const count = (value: number): string => value.toLocaleString(words.locale)
  if (audit.balanced) print(words.tenant(name, count(audit.postings), count(audit.calls)))
  else {
    print(words.tenantWrong(name, count(audit.differences.length)))
    for (const { account, what, expected, actual } of audit.differences) {
      print(words.difference(account, words.what[what as keyof OperatorWords['what']], actual, expected))
    }
  }
  return audit.balanced
}

function conclude(words: OperatorWords, options: Options, count: number, wrong: number): number {
  if (!options.json) {
    print(
      wrong === 0
        ? words.allBalanced(words.organisations(count))
        : words.someWrong(wrong.toLocaleString(words.locale), words.organisations(count)),
    )
  }
  return wrong === 0 ? EXIT.balanced : EXIT.wrong
}

const print = (line: string): void => void process.stdout.write(`${line}\n`)

function complain(line: string): number {
  process.stderr.write(`${line}\n`)
  return EXIT.fault
}
