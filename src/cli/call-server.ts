/** The running server as `npm run call` sees it: where it is, by which key, and who is calling. */
import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DEMO_FILE, type DemoFile } from '../demo/demo-file.ts'
import { CliError } from './call-words.ts'

export interface Caller {
  readonly url: string
  readonly key: string
  readonly tenant: { readonly id: string; readonly name: string; readonly sandbox: boolean; readonly sipDomain: string }
  readonly user: { readonly id: string; readonly name: string; readonly sipUsername: string | null }
  /** Known for users of the demonstration only. */
  readonly sipPassword: string | null
  /** Everybody in the tenant, with the passwords of their telephones where they are known. */
  readonly colleagues: readonly Colleague[]
}

export interface Colleague {
  readonly id: string
  readonly name: string
  readonly sipUsername: string | null
  readonly sipPassword: string | null
}

export interface CallerOptions {
  readonly from: string
  readonly tenant?: string | undefined
  readonly key?: string | undefined
}

type Env = NodeJS.ProcessEnv

export const serverUrl = (env: Env): string =>
  (env.RINGFENCE_URL ?? `http://127.0.0.1:${env.PORT ?? '8080'}`).replace(/\/+$/, '')

/** Finds the user by SIP user name, name or first name. Throws CliError with what to do about it. */
export async function findCaller(env: Env, options: CallerOptions): Promise<Caller> {
  const url = serverUrl(env)
  await fetch(`${url}/healthz`).catch(() => {
    throw new CliError('server-away', url)
  })
  const file = join(resolve(env.RINGFENCE_HOME ?? './var'), DEMO_FILE)
  const demo = readDemoFile(file)
  const given = options.key ?? env.RINGFENCE_OPERATOR_KEY
  const keys = given ? [given] : (demo?.tenants.map((tenant) => tenant.key) ?? [])
  if (keys.length === 0) throw new CliError('no-key', file)
  const all = (await Promise.all(keys.map((key) => tenantsOf(url, key)))).flat()
  const tenants = all.filter(
    ({ tenant }) => options.tenant === undefined || fits(options.tenant, tenant.id, tenant.name),
  )
  if (tenants.length === 0) throw new CliError('no-tenant', all.map(({ tenant }) => tenant.name).join(', '))

  const people: Caller[] = []
  for (const { key, tenant } of tenants) {
    const passwords = demo?.tenants.find(({ id }) => id === tenant.id)?.users ?? []
    const users = await listAll<Caller['user']>(url, key, `/v1/tenants/${tenant.id}/users`)
    const passwordOf = new Map(passwords.map(({ id, sipPassword }) => [id, sipPassword]))
    const colleagues = users.map(({ id, name, sipUsername }) => {
      return { id, name, sipUsername, sipPassword: passwordOf.get(id) ?? null }
    })
    for (const user of users) {
      people.push({ url, key, tenant, user, sipPassword: passwordOf.get(user.id) ?? null, colleagues })
    }
  }
  const { from } = options
  const found = people.filter(({ user }) => fits(from, user.id, user.sipUsername, user.name, user.name.split(' ')[0]))
  const [caller] = found
  if (caller && found.length === 1) return caller
  const names = (list: readonly Caller[]) =>
    list.map(({ user, tenant }) => `${user.sipUsername ?? user.name} (${tenant.name})`).join(', ')
  throw found.length === 0 ? new CliError('no-user', names(people)) : new CliError('many-users', names(found))
}

function readDemoFile(path: string): DemoFile | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as DemoFile
  } catch {
    return null
  }
}

/** Upper and lower case and accents do not matter on a command line. */
const plain = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()

const fits = (wanted: string, ...names: readonly (string | null | undefined)[]): boolean =>
  names.some((name) => name && plain(name) === plain(wanted))

async function tenantsOf(url: string, key: string): Promise<Pick<Caller, 'key' | 'tenant'>[]> {
  const { tenants } = await get<{ tenants: { id: string }[] }>({ url, key }, '/v1/me')
  return Promise.all(
    tenants.map(async ({ id }) => ({ key, tenant: await get<Caller['tenant']>({ url, key }, `/v1/tenants/${id}`) })),
  )
}

async function listAll<Item>(url: string, key: string, path: string): Promise<Item[]> {
  const items: Item[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const after: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const list: { data: Item[]; nextCursor: string | null } = await get({ url, key }, `${path}?limit=200${after}`)
    items.push(...list.data)
    cursor = list.nextCursor
  }
  return items
}

/** One answer of the API. Throws CliError for a key that is not known there. */
export const get = <Answer>(at: Pick<Caller, 'url' | 'key'>, path: string): Promise<Answer> => request(at, path)

export const post = <Answer>(at: Pick<Caller, 'url' | 'key'>, path: string, body: object): Promise<Answer> =>
  request(at, path, JSON.stringify(body))

async function request<Answer>(at: Pick<Caller, 'url' | 'key'>, path: string, body?: string): Promise<Answer> {
  const authorization = `Bearer ${at.key}`
  const init: RequestInit =
    body === undefined
      ? { headers: { authorization } }
      : { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body }
  const response = await fetch(at.url + path, init).catch(() => {
    throw new CliError('server-away', at.url)
  })
  if (response.status === 401 || response.status === 403) throw new CliError('key-refused', at.url)
  if (response.ok) return (await response.json()) as Answer
  const { title } = (await response.json().catch(() => ({}))) as { title?: string }
  throw new CliError('switch-fault', `${path}: ${response.status} ${title ?? ''}`)
}

const SIP_ANSWER_MS = 600

/** Does a Ringfence switch answer there? Asks by an OPTIONS request, as one switch asks another. */
export async function answersSip(host: string, port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  const answered = new Promise<boolean>((resolvePromise) => {
    const timer = setTimeout(() => resolvePromise(false), SIP_ANSWER_MS)
    const done = (answer: boolean): void => {
      clearTimeout(timer)
      resolvePromise(answer)
    }
    socket.on('message', (message) =>
      done(message.toString().startsWith('SIP/2.0 ') && /\r\nServer: Ringfence/i.test(message.toString())),
    )
    socket.on('error', () => done(false))
    socket.connect(port, host, () => {
      const { port: own } = socket.address()
      const tag = `${process.pid}${Date.now()}`
      const lines = [
        `OPTIONS sip:${host}:${port} SIP/2.0`,
        `Via: SIP/2.0/UDP 127.0.0.1:${own};branch=z9hG4bK${tag};rport`,
        'Max-Forwards: 70',
        `From: <sip:call@127.0.0.1>;tag=${tag}`,
        `To: <sip:${host}:${port}>`,
        `Call-ID: ${tag}@127.0.0.1`,
        'CSeq: 1 OPTIONS',
        'Content-Length: 0',
        '',
        '',
      ]
      socket.send(lines.join('\r\n'))
    })
  })
  return answered.finally(() => socket.close())
}
