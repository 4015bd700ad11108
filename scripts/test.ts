/**
 * `npm test`: everything, with real parts. Kamailio, rtpengine and SIPp (and Chromium for the console) are installed where that is possible;
 * where it is not, this says which part cannot run and fails, unless told to go on without it. The last line is
 * `N passed, N failed`; a test that was skipped without leave counts as failed.
 *
 *   npm test                         all
 *   npm test -- --without-sip        without calls through Kamailio
 *   npm test -- --without-browser    without the console in a browser
 *   npm test -- --database           only what asks PostgreSQL (TEST_DATABASE_URL: another server than our own)
 *   npm test -- src/core/rate        files by name, for work in progress
 */
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { constants, setPriority, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../src/paths.ts'

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    'without-sip': { type: 'boolean', default: false },
    'without-browser': { type: 'boolean', default: false },
    database: { type: 'boolean', default: false },
  },
})

interface Part {
  readonly name: string
  /** What is missing of it on this machine, in words; empty when it can run. */
  missing(): string[]
  readonly packages: readonly string[]
  /** Where its test files lie. */
  readonly files: string
  readonly flag: 'without-sip' | 'without-browser'
}

const isProgram = (name: string): boolean =>
  [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin'].some((folder) => existsSync(join(folder, name)))

/** Debian packs Kamailio's modules apart; the configuration asks for these. */
const MODULES = ['http_client.so', 'jansson.so', 'uuid.so', 'jsonrpcs.so', 'db_postgres.so']

function missingModules(wanted: readonly string[] = MODULES): string[] {
  const roots = ['/usr/lib', '/usr/local/lib64', '/usr/local/lib'].filter((folder) => existsSync(folder))
  const folders = roots.flatMap((folder) => [folder, ...readdirSync(folder).map((name) => join(folder, name))])
  const found = folders.map((folder) => join(folder, 'kamailio', 'modules')).find((folder) => existsSync(folder))
  return wanted.filter((module) => found === undefined || !existsSync(join(found, module)))
}

const PARTS: readonly Part[] = [
  {
    name: 'calls through Kamailio',
    missing: () => [
      // openssl makes the certificates of SBCs over TLS.
      ...['kamailio', 'sipp', 'openssl'].filter((program) => !isProgram(program)),
      ...missingModules(),
    ],
    packages: [
      'kamailio',
      'kamailio-utils-modules',
      'kamailio-extra-modules',
      'kamailio-json-modules',
      'kamailio-postgres-modules',
      'sip-tester',
      'openssl',
    ],
    files: 'test/sip/',
    flag: 'without-sip',
  },
  {
    name: 'speech: browsers as telephones, greetings, call menus',
    missing: () => [
      ...['rtpengine', 'espeak-ng'].filter((program) => !isProgram(program)),
      ...missingModules(['websocket.so', 'nathelper.so', 'rtpengine.so']),
      ...(existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium') ? [] : ['chromium']),
    ],
    packages: ['rtpengine-daemon', 'kamailio-websocket-modules', 'espeak-ng', 'chromium'],
    files: 'test/softphone/',
    flag: 'without-sip',
  },
  {
    name: 'the console in a browser',
    missing: () =>
      existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell') ? [] : ['chromium-headless-shell'],
    packages: ['chromium-headless-shell'],
    files: 'test/console/',
    flag: 'without-browser',
  },
]

/** Runs a command with its output in ours; nothing is ever asked of a terminal. */
function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): number {
  const stdio = ['ignore', 'inherit', 'inherit'] as const
  const { status, error } = spawnSync(command, args, {
    cwd: packageRoot,
    stdio: [...stdio],
    env: { ...process.env, ...env },
  })
  if (error) console.error(`${command}: ${error.message}`)
  return status ?? 1
}

/** Installs what the parts lack, as root on Debian. RUNLEVEL=1 keeps apt from starting the daemons that it installs. */
function install(parts: readonly Part[]): void {
  const packages = parts.filter((part) => part.missing().length > 0).flatMap((part) => part.packages)
  if (packages.length === 0 || process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return
  const quiet = { RUNLEVEL: '1', DEBIAN_FRONTEND: 'noninteractive' }
  console.log(`installing ${packages.join(' ')}`)
  run('apt-get', ['-qq', 'update'], quiet)
  run('apt-get', ['-qq', 'install', '--yes', '--no-install-recommends', ...packages], quiet)
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

/** Counts each test once. A file that could not be loaded is one failure; so is a test that was skipped. */
function count(report: Report): { passed: number; failed: number } {
  let passed = 0
  let failed = 0
  for (const { name, status, assertionResults } of report.testResults) {
    if (assertionResults.length === 0 && status !== 'passed') failed += 1
    for (const test of assertionResults) {
      if (test.status === 'passed') passed += 1
      else failed += 1
      if (test.status !== 'passed' && test.status !== 'failed') console.log(`skipped: ${name}: ${test.fullName}`)
    }
  }
  return { passed, failed }
}

/** Test files of all folders but those below `without`. */
function filesWithout(without: readonly string[]): string[] {
  const files = ['src', 'test'].flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
  )
  return files.filter((file) => file.endsWith('.test.ts') && !without.some((place) => file.startsWith(place)))
}

/** Whatever asks PostgreSQL gets its database from the harness, by itself or through what it plays. */
const asksPostgres = (file: string): boolean =>
  /from '[^']*\/(harness\/|scenario\.ts|simulation\.ts)/.test(readFileSync(join(packageRoot, file), 'utf8'))

/** Calls last as long as calls last: most of that time the machine is idle, and the rest may have it. */
const CALLS = ['test/sip/', 'test/softphone/']

/** What runs side by side: each lane is one run of vitest. */
function lanes(): Lane[] {
  if (names.length > 0) return [{ files: names, workers: null }]
  if (flags.database) {
    // The supervisor's own tests start servers of their own.
    const files = filesWithout([...PARTS.map((part) => part.files), 'src/postgres/'])
    return [{ files: files.filter(asksPostgres), workers: null }]
  }
  const without = PARTS.filter((part) => flags[part.flag]).map((part) => part.files)
  // It takes a switch and a browser.
  if (flags['without-browser']) without.push('test/softphone/')
  const calls = CALLS.filter((place) => !without.includes(place))
  const rest = { files: filesWithout([...without, ...CALLS]), workers: null }
  // Telephones ring for seconds, whatever else there is to do; a browser waits.
  return calls.length === 0
    ? [rest]
    : [
        { ...rest, isPatient: true },
        { files: calls, workers: 1 },
      ]
}

interface Lane {
  /** Files or folders. */
  readonly files: readonly string[]
  /** How many files at once; null: as the configuration says. */
  readonly workers: number | null
  /** Takes what the others leave of the machine. */
  readonly isPatient?: boolean
}

interface Outcome {
  readonly passed: number
  readonly failed: number
}

/** One run of vitest. `output`: where its words go; our own when there is none. */
async function runLane(
  { files, workers, isPatient = false }: Lane,
  report: string,
  output: number | 'inherit',
): Promise<Outcome> {
  const more = workers === null ? [] : [`--maxWorkers=${workers}`]
  const args = [
    'vitest',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...more,
    ...files,
  ]
  const child = spawn('npx', args, { cwd: packageRoot, stdio: ['ignore', output, output] })
  if (isPatient && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
  const status = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      console.error(`npx: ${error.message}`)
      resolve(1)
    })
    child.once('exit', (code) => resolve(code ?? 1))
  })
  const counted = existsSync(report)
    ? count(JSON.parse(readFileSync(report, 'utf8')) as Report)
    : { passed: 0, failed: 1 }
  // Vitest also fails for errors outside of tests, such as a promise that nobody awaited.
  return status !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted
}

async function main(): Promise<number> {
  const wanted = names.length > 0 || flags.database ? [] : PARTS.filter((part) => !flags[part.flag])
  install(wanted)
  const absent = wanted.filter((part) => part.missing().length > 0)
  for (const part of absent) {
    console.error(`cannot run: ${part.name}. Missing: ${part.missing().join(', ')}.`)
    console.error(`  Debian and Ubuntu, as root: apt-get install ${part.packages.join(' ')}`)
    console.error(`  To go on without: npm test -- --${part.flag}`)
  }
  if (absent.length > 0) return 1
  if (run('npm', ['run', '--silent', 'build']) !== 0) {
    console.log('0 passed, 1 failed')
    return 1
  }
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-test-report-'))
  try {
    const outcomes = await Promise.all(
      lanes().map(async (lane, index) => {
        // The words of one lane after the other's: of two that write at once nobody can read either.
        const words = index === 0 ? null : join(folder, `lane-${index}.txt`)
        const output = words === null ? 'inherit' : openSync(words, 'w')
        const outcome = await runLane(lane, join(folder, `lane-${index}.json`), output)
        if (typeof output === 'number') closeSync(output)
        return { ...outcome, words }
      }),
    )
    for (const { words } of outcomes) if (words !== null) process.stdout.write(readFileSync(words))
    for (const part of PARTS) if (flags[part.flag]) console.log(`not run, as told: ${part.name}`)
    const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0)
    const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0)
    console.log(`${passed} passed, ${failed} failed`)
    return failed === 0 && passed > 0 ? 0 : 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

process.exitCode = await main()
