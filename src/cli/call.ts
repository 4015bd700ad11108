/**
 * `npm run call -- --from alice --to +442071838750 --seconds 600`: one call, by real SIP where there is a switch and SIPp, else by
 * the simulated switch; shows who pays while it happens, and explains the charge at the end.
 */
import { Command, InvalidArgumentError, Option } from 'commander'
import type { Overview } from '../api/overview.ts'
import { isLanguage, type Language } from '../core/problems.ts'
import { type SimulatedResult, type SwitchEvent, SwitchFault, simulateCall } from '../switch/simulated.ts'
import { answersSip, type Caller, findCaller, get, post } from './call-server.ts'
import { bySip, type Outcome, type PlaceCall, sipAddress } from './call-sip.ts'
import { clock, fundName, makeView, type Stretch, withGrant, wrap } from './call-view.ts'
import { CliError, type WhySimulated, WORDS, type Words } from './call-words.ts'
import { findSipp } from './sipp.ts'

interface Options {
  readonly from: string
  readonly to: string
  readonly seconds: number
  readonly tenant?: string
  readonly lang: Language
  readonly speed?: number
  readonly simulate?: boolean
  readonly press?: string
  readonly at?: string
  readonly key?: string
  readonly json?: boolean
}

const SANDBOX_SPEED = 60
/** How far the clock of a simulated switch may be ahead of real time. */
const AHEAD_MAX_SECONDS = 3_600
const EXIT_FAILED = 1
/** Where the width is not known: no terminal, or one that does not say. */
const COLUMNS = 100

const whole = (text: string): number => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 86_400) throw new InvalidArgumentError('1 to 86400')
  return value
}

const keys = (text: string): string => {
  if (!/^[0-9*#]{1,10}$/.test(text)) throw new InvalidArgumentError('digits, * and #')
  return text
}

function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): Options {
  const locale = (env.LC_ALL ?? env.LC_MESSAGES ?? env.LANG ?? '').slice(0, 2)
  const program = new Command('npm run call --')
    .description('Makes one call and shows who pays for it, second by second.')
    .requiredOption('--from <user>', 'SIP user name, name or first name of the caller')
    .requiredOption('--to <number>', 'number to call, +442071838750, or a short code')
    .option('--seconds <n>', 'how long they would talk', whole, 120)
    .option('--tenant <name>', 'where several have such a user')
    .addOption(
      new Option('--lang <language>', 'en or fr').choices(['en', 'fr']).default(isLanguage(locale) ? locale : 'en'),
    )
    .option('--speed <n>', `seconds a second, simulated; ${SANDBOX_SPEED} in a sandbox, else 1`, whole)
    .option('--press <keys>', 'keys to press once a greeting is heard: 1', keys)
    .option('--simulate', 'by the simulated switch even where there is SIP')
    .option('--at <time>', 'sandbox: move its clock there first (RFC 3339)')
    .option('--key <key>', 'API key; else RINGFENCE_OPERATOR_KEY, else that of the demonstration')
    .option('--json', 'one JSON object at the end, nothing else')
  return program.parse(['node', 'call', ...args]).opts<Options>()
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env)
  const words = WORDS[options.lang]
  const out = process.stdout
  const print = (line = ''): void => void (options.json || out.write(`${line}\n`))
  try {
    const caller = await findCaller(process.env, options)
    await checkTimes(options, caller)
    const why = await whySimulated(options, caller)
    const speed = why === null ? 1 : (options.speed ?? (caller.tenant.sandbox ? SANDBOX_SPEED : 1))
    const mode = why === null ? words.mode.sip : `${words.mode.simulated} (${words.why[why]}), ${words.speed(speed)}`
    const { tenant, user, url } = caller
    print(`${user.name} → ${options.to}   ${tenant.name}${tenant.sandbox ? ` (${words.sandbox})` : ''}`)
    print(mode)
    print(`${words.watch(`${url}/#tenant=${tenant.id}`)}\n`)
    const screen = {
      isTty: out.isTTY && !options.json,
      hasColour: out.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb',
      columns: out.columns || COLUMNS,
      write: (text: string) => void (options.json || out.write(text)),
    }
    const view = makeView(screen, words, options.seconds)
    const call = why === null ? bySip : bySimulation(speed)
    const outcome = await call(caller, options, words, view)
    await report(caller, options, words, outcome, why === null ? 'sip' : 'simulated', print)
    if (outcome.outcome === 'failed') process.exitCode = EXIT_FAILED
  } catch (error) {
    if (error instanceof CliError) process.stderr.write(`${words.errors[error.code](error.detail)}\n`)
    else if (error instanceof SwitchFault) process.stderr.write(`${words.errors['switch-fault'](error.message)}\n`)
    else throw error
    process.exitCode = EXIT_FAILED
  }
}

async function checkTimes({ at, seconds, speed = 1 }: Options, caller: Caller): Promise<void> {
  const { tenant } = caller
  const ahead = seconds - Math.ceil(seconds / speed)
  if (!tenant.sandbox && ahead > AHEAD_MAX_SECONDS) throw new CliError('too-fast', String(ahead))
  if (at === undefined) return
  if (!tenant.sandbox) throw new CliError('not-a-sandbox', tenant.name)
  await post(caller, `/v1/tenants/${tenant.id}/clock`, { advanceTo: at })
}

/** Null: by real SIP. */
async function whySimulated(options: Options, caller: Caller): Promise<WhySimulated | null> {
  if (options.simulate) return 'asked'
  if (options.speed !== undefined) return 'speed'
  const { host, port } = sipAddress(process.env)
  if (!(await answersSip(host, port))) return 'no-sip'
  if (findSipp() === null) return 'no-sipp'
  return caller.sipPassword === null || caller.user.sipUsername === null ? 'no-password' : null
}

const bySimulation =
  (speed: number): PlaceCall =>
  async (caller, options, words, view) => {
    const hangUp = new AbortController()
    process.once('SIGINT', () => hangUp.abort())
    const events: SwitchEvent[] = []
    let stretches: Stretch[] = []
    let until: number | null = null
    /** A last grant that is asked about again is no news. */
    let toldUntil: number | null = null
    let payer: string | null | undefined
    const result: SimulatedResult = await simulateCall(
      {
        url: caller.url,
        key: caller.key,
        tenantId: caller.tenant.id,
        userId: caller.user.id,
        to: options.to,
        seconds: options.seconds,
        speed,
        sandbox: caller.tenant.sandbox,
        signal: hangUp.signal,
      },
      (event) => {
        if (event.type !== 'talking') events.push(event)
        if (event.type === 'granted') {
          until = event.until
          stretches = event.charged
            ? withGrant(stretches, event.at, event.funding)
            : [{ source: null, from: 0, to: options.seconds }]
          payer ??= stretches[0]?.source
        }
        if (event.type === 'talking') {
          const now = stretches.find(({ from, to }) => event.at >= from && event.at < to)
          if (now && now.source !== payer) {
            payer = now.source
            view.happened(now.from, words.takesOver(fundName(payer, words)))
          }
          view.stands(event.at, stretches, until)
        } else if (event.type !== 'granted' || event.until === null || event.until !== toldUntil) {
          if (event.type === 'granted') toldUntil = event.until
          const isEnd = event.type === 'cut' || event.type === 'refused'
          view.happened(event.at, sentence(event, words), isEnd)
        }
      },
    )
    if (result.outcome !== 'refused') view.finish(result.spokenSeconds, stretches, result.outcome === 'cut')
    return { ...result, events }
  }

function sentence(event: Exclude<SwitchEvent, { type: 'talking' }>, words: Words): string {
  switch (event.type) {
    case 'granted': {
      if (event.until === null) return words.grantedFree(event.classification)
      const parts = event.funding.map(({ source, seconds }) => words.part(clock(seconds), fundName(source, words)))
      const [only] = event.funding
      const funds = event.funding.length === 1 && only ? fundName(only.source, words) : parts.join(words.and)
      return words.granted(clock(event.until), funds) + (event.isLast ? `; ${words.lastGrant}` : '')
    }
    case 'refused':
      return words.refused(event.refusal.code, event.refusal.sipStatus)
    case 'warning':
      return words.warning(event.secondsLeft)
    case 'cut':
      return words.cut
    case 'hung-up':
      return words.hungUp
  }
}

async function report(
  caller: Caller,
  options: Options,
  words: Words,
  outcome: Outcome,
  mode: 'sip' | 'simulated',
  print: (line?: string) => void,
): Promise<void> {
  const path = `/v1/tenants/${caller.tenant.id}`
  const { callId } = outcome
  const overview = await get<Overview>(caller, `${path}/overview`)
  const record = callId === null ? null : await get<object>(caller, `${path}/calls/${callId}`)
  const explanation =
    callId === null
      ? null
      : await get<{ sentences: string[] }>(caller, `${path}/calls/${callId}/explanation?lang=${options.lang}`)
  if (options.json) {
    const { tenant, user } = caller
    const { pools, wallet } = overview
    const answer = { mode, tenant, user, to: options.to, ...outcome, record, explanation, left: { pools, wallet } }
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`)
    return
  }
  print()
  print(outcome.outcome === 'refused' ? words.refused_heading : words.why_heading)
  const width = Math.min(100, process.stdout.columns || COLUMNS)
  for (const line of explanation?.sentences ?? [words.noRecord]) {
    for (const part of wrap(line, width - 4)) print(part)
  }
  print()
  print(words.left)
  for (const pool of overview.pools) {
    if (pool.plan === 'conference') continue
    const name = words.pool(words.plans[pool.plan] ?? pool.plan, pool.country)
    print(`  • ${words.poolLeft(name, minutes(pool.availableSeconds), String(pool.totalSeconds / 60))}`)
  }
  const { amount, currency } = overview.wallet.available
  print(`  • ${words.walletLeft(`${amount} ${currency}`)}`)
  if (caller.tenant.sandbox && outcome.outcome !== 'hung-up')
    print(`\n${words.again(nextMonthCommand(options, overview.month))}`)
}

/** Whole minutes, or to the second where few are left. */
const minutes = (seconds: number): string =>
  seconds % 60 === 0 || seconds >= 6_000 ? String(Math.floor(seconds / 60)) : clock(seconds)

/** The same call on the 2nd of the sandbox's next month. */
function nextMonthCommand({ from, to, seconds }: Options, month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  const next = number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
  return `npm run call -- --from ${from} --to ${to} --seconds ${seconds} --at ${next}-02T09:00:00Z`
}

await main()
