/** What the SIP benchmark calls through: a plain Kamailio, and Ringfence with its own; and the phones that call. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { callerScenario, registerScenario } from '../src/cli/sipp-scenario.ts'
import { packageRoot } from '../src/paths.ts'

export const PHONES = { tenants: 20, perTenant: 10 } as const
const DIALLED = '+12125550100'
const PASSWORD = 'bench-secret'
const OPERATOR_KEY = 'bench-operator-key-0123456789'

/** Where things lie, and what to do at the end, last first. */
export interface Bench {
  readonly folder: string
  readonly stops: (() => Promise<unknown>)[]
}

/** SIPp puts the columns of phones.csv there. The third is the whole credentials: SIPp looks for no column inside of them. */
const CREDENTIALS = '[field2]'
const caller = { username: '[field0]', domain: '[field1]', password: '-' }
const withCredentials = (scenario: string): string =>
  scenario.replaceAll('[authentication username=[field0] password=-]', CREDENTIALS)

export const registering: string = withCredentials(registerScenario({ ...caller, contact: '127.0.0.1:9' }))
/** Answered, and hung up at once. */
const calling = (password: string | null): string =>
  withCredentials(callerScenario({ ...caller, password, to: DIALLED, holdMs: 1 }))

/** What the calls go through, with the processes whose CPU they cost. */
export interface Target {
  readonly name: 'plain-proxy' | 'ringfence'
  readonly proxy: string
  readonly scenario: string
  readonly kamailioPid: number
  readonly serverPid: number | null
}

/** The proxy to compare with: the modules and settings that Ringfence's Kamailio has too, but nobody is asked anything. */
const plainConfig = (sipPort: number, carrierPort: number): string => `#!KAMAILIO
debug=2
log_stderror=yes
children=4
listen=udp:127.0.0.1:${sipPort}
listen=tcp:127.0.0.1:${sipPort}
auto_aliases=no
dns=no
rev_dns=no
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "dialog.so"
modparam("tm", "fr_timer", 5000)
modparam("tm", "fr_inv_timer", 90000)
modparam("rr", "append_fromtag", 1)
modparam("rr", "enable_full_lr", 1)
modparam("dialog", "dlg_match_mode", 1)
modparam("dialog", "default_timeout", 86000)
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  force_rport();
  if (has_totag()) {
    if (loose_route()) { t_relay(); } else if (is_method("ACK") && t_check_trans()) { t_relay(); }
    exit;
  }
  if (is_method("ACK")) {
    if (t_check_trans()) { t_relay(); }
    exit;
  }
  if (!is_method("INVITE")) { sl_send_reply("405", "Method Not Allowed"); exit; }
  record_route();
  dlg_manage();
  $ru = "sip:" + $rU + "@127.0.0.1:${carrierPort}";
  t_relay();
}
`

/** Resolves when the process is gone, at once if it is already. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** Politely, then not. */
export async function stopChild(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM')
  await Promise.race([ended(child), sleep(8_000, undefined, { ref: false })])
  child.kill('SIGKILL')
}

/** The children of a Kamailio whose parent was killed live on, so its process group goes with it. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone, as it should be.
  }
}

async function freeTcpPort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Resolves when it takes connections. */
export async function startPlainProxy(bench: Bench, kamailio: string, carrierPort: number): Promise<Target> {
  const port = await freeTcpPort()
  const path = (name: string): string => join(bench.folder, 'plain', name)
  mkdirSync(path('.'))
  writeFileSync(path('kamailio.cfg'), plainConfig(port, carrierPort))
  const out = openSync(path('kamailio.log'), 'a')
  const args = ['-f', path('kamailio.cfg'), '-DD', '-E', '-Y', path('.'), '-P', path('pid'), '-m', '256', '-M', '16']
  const child = spawn(kamailio, args, { stdio: ['ignore', out, out], detached: true })
  const kamailioPid = child.pid ?? 0
  bench.stops.push(async () => {
    await stopChild(child)
    endGroup(kamailioPid)
  })
  for (const giveUpAt = Date.now() + 8_000; !(await isListening(port)); await sleep(50)) {
    if (child.exitCode !== null || Date.now() > giveUpAt) throw new Error(readFileSync(path('kamailio.log'), 'utf8'))
  }
  return { name: 'plain-proxy', proxy: `127.0.0.1:${port}`, scenario: calling(null), kamailioPid, serverPid: null }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    }).on('error', () => resolve(false))
  })
}

/** The real server as it is run, with its Kamailio. Resolves when both are ready. */
export async function startRingfence(
  bench: Bench,
  databaseUrl: string,
  carrierPort: number,
): Promise<Target & { readonly url: string }> {
  const path = (name: string): string => join(bench.folder, name)
  const [port, controlPort] = [await freeTcpPort(), await freeTcpPort()]
  const child = spawn(process.execPath, ['--import', 'tsx', join(packageRoot, 'src', 'main.ts'), '--no-demo'], {
    cwd: packageRoot,
    env: {
      ...process.env,
      PORT: '0',
      DATABASE_URL: databaseUrl,
      RINGFENCE_HOME: path('home'),
      RINGFENCE_OPERATOR_KEY: OPERATOR_KEY,
      RINGFENCE_SIP: 'auto',
      RINGFENCE_SIP_PORT: String(port),
      RINGFENCE_SIP_CONTROL_PORT: String(controlPort),
      RINGFENCE_SIP_TRUNK: `127.0.0.1:${carrierPort}`,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  bench.stops.push(() => stopChild(child))
  let url: string | undefined
  for await (const line of createInterface(child.stdout)) {
    url = /^ready (\S+)/.exec(line)?.[1]
    if (url !== undefined) break
  }
  const note = path('home/sip/process.json')
  if (url === undefined || !existsSync(note)) {
    throw new Error('the server did not start with Kamailio')
  }
  const { pid: kamailioPid } = JSON.parse(readFileSync(note, 'utf8')) as { pid: number }
  // After the server, which ends it, unless that had to be killed.
  bench.stops.splice(-1, 0, async () => endGroup(kamailioPid))
  return {
    name: 'ringfence',
    proxy: `127.0.0.1:${port}`,
    scenario: calling('-'),
    kamailioPid,
    serverPid: child.pid ?? 0,
    url,
  }
}

/** Users with licences, and phones.csv for SIPp, which takes the next phone for each call. */
export async function makePhones(bench: Bench, url: string): Promise<void> {
  const api = async (method: string, target: string, body?: object | string): Promise<Record<string, string>> => {
    const type = typeof body === 'string' ? 'text/csv' : 'application/json'
    const response = await fetch(`${url}${target}`, {
      method,
      headers: { authorization: `Bearer ${OPERATOR_KEY}`, ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${target}: ${response.status} ${await response.text()}`)
    return (await response.json()) as Record<string, string>
  }
  const columns =
    'direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom'
  await api('POST', '/v1/rate-decks', `${columns}\nout,1,,any,USD,0,0.60,1,1,0,2020-01-01T00:00:00Z\n`)
  const sku = 'voice-with-calling-plan'
  const tenant = async (t: number): Promise<string[]> => {
    const zone = { country: 'US', currency: 'USD', timeZone: 'America/New_York' }
    const { id, sipDomain } = await api('POST', '/v1/tenants', { name: `Bench ${t}`, ...zone })
    await api('POST', `/v1/tenants/${id}/subscriptions`, { sku, quantity: PHONES.perTenant })
    const lines: string[] = []
    for (let phone = 0; phone < PHONES.perTenant; phone++) {
      const sipUsername = `phone${phone}`
      const number = `+1415${5_550_000 + t * PHONES.perTenant + phone}`
      const user = { name: sipUsername, usageLocation: 'US', sipUsername, sipPassword: PASSWORD, number }
      const { id: userId } = await api('POST', `/v1/tenants/${id}/users`, user)
      await api('PUT', `/v1/tenants/${id}/users/${userId}/licences/${sku}`)
      lines.push(`${sipUsername};${sipDomain};[authentication username=${sipUsername} password=${PASSWORD}]`)
    }
    return lines
  }
  const lines = await Promise.all(Array.from({ length: PHONES.tenants }, (_, t) => tenant(t)))
  writeFileSync(join(bench.folder, 'phones.csv'), ['SEQUENTIAL', ...lines.flat(), ''].join('\n'))
}
