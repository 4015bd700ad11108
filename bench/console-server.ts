/** The real server (`src/main.ts`) for `bench -- console`: a process of its own on the bench's PostgreSQL, and a browser's session at it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { packageRoot } from '../src/paths.ts'

const OPERATOR_KEY = 'rf_op_of_the_console_bench'

export interface Server {
  readonly url: string
  readonly pid: number
  /** The API with the operator's key; throws on a refusal. */
  ask<Answer = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<Answer>
  stop(): Promise<void>
}

export async function startServer(options: {
  readonly databaseUrl: string
  readonly home: string
  readonly port: number
  readonly consoleFolder: string
}): Promise<Server> {
  const url = `http://localhost:${options.port}`
  const child = spawn(process.execPath, ['--max-semi-space-size=32', '--import', 'tsx', 'src/main.ts', '--no-demo'], {
    cwd: packageRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PORT: String(options.port),
      HOST: 'localhost',
      DATABASE_URL: options.databaseUrl,
      RINGFENCE_HOME: options.home,
      RINGFENCE_OPERATOR_KEY: OPERATOR_KEY,
      RINGFENCE_ADMIN_DIST: options.consoleFolder,
      RINGFENCE_SIP: 'off',
      RINGFENCE_LOG: 'error',
    },
  })
  await ready(child)
  return {
    url,
    pid: child.pid ?? 0,
    async ask<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
      const isCsv = typeof body === 'string'
      const answer = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${OPERATOR_KEY}`,
          ...(body === undefined ? {} : { 'content-type': isCsv ? 'text/csv' : 'application/json' }),
        },
        ...(body === undefined ? {} : { body: isCsv ? body : JSON.stringify(body) }),
      })
      const text = await answer.text()
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
      return (text === '' ? {} : JSON.parse(text)) as Answer
    },
    async stop() {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await Promise.race([once(child, 'exit'), sleep(15_000, undefined, { ref: false })])
      child.kill('SIGKILL')
    },
  }
}

async function ready(child: ChildProcess): Promise<void> {
  if (!child.stdout) throw new Error('its output is piped')
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('ready')) continue
    child.stdout.resume()
    return
  }
  throw new Error('the server ended before it was ready')
}
