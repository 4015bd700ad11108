/**
 * The habits of the house, kept by a test: who may import whom (docs/architecture.md), what `core/` must not know, no dead files,
 * documents whose links lead somewhere. Everything is read from the files that git knows or would know.
 */
import { execFileSync } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import pino from 'pino'
import { describe, expect, test } from 'vitest'
import { ROUTES } from '../src/api/routes.ts'
import { type Deps, makeServer, type Routes } from '../src/api/server.ts'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
  .toString()
  .split('\n')
  .filter((file) => file !== '' && existsSync(join(root, file)))
const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file)
const code = files.filter((file) => /^(src|test|bench|scripts)\/.*\.tsx?$/.test(file))

/** Without comments: rules are about code, and prose may say what it likes. */
const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/.*/g, '')

interface Import {
  readonly from: string
  /** A file of ours, or the name of a package or of a module of Node. */
  readonly to: string
}

const IMPORTS =
  /(?:^|\n)\s*(?:import|export)\b[^'"`;]*?from\s+'([^']+)'|\bimport\(\s*'([^']+)'|(?:^|\n)import\s+'([^']+)'/g

function importsOf(from: string): Import[] {
  return [...withoutComments(read(from)).matchAll(IMPORTS)].map(([, named, dynamic, bare]) => {
    const specifier = named ?? dynamic ?? bare ?? ''
    return { from, to: specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : specifier }
  })
}

const imports = code.flatMap(importsOf)
const product = imports.filter(({ from }) => from.startsWith('src/') && !isTest(from))

/** `src/store/db.ts` is of `store`; files beside the layers (`src/paths.ts`) are layers of their own. */
const layerOf = (file: string): string => file.split('/')[1]?.replace(/\.ts$/, '') ?? ''

/** Who may import whom, beside itself. `main` knows all parts: it is the only place where they meet. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  paths: [],
  paper: ['core'],
  thread: [],
  config: ['switch', 'access', 'media'],
  postgres: ['paths'],
  store: ['core', 'paths'],
  charging: ['core', 'store'],
  payments: ['core', 'store', 'charging'],
  carriers: ['core'],
  jobs: ['core', 'store', 'access', 'charging', 'payments', 'carriers', 'advice', 'thread'],
  switch: ['core', 'store', 'paths', 'postgres'],
  media: ['core', 'store', 'postgres', 'paths'],
  mail: ['core', 'store', 'payments'],
  access: ['core', 'store', 'mail'],
  webhooks: ['core', 'store'],
  advice: ['core', 'store', 'thread', 'paper'],
  api: [
    'core',
    'store',
    'charging',
    'payments',
    'jobs',
    'carriers',
    'paths',
    'demo',
    'access',
    'mail',
    'webhooks',
    'advice',
    'thread',
    'paper',
  ],
  demo: ['core', 'store', 'payments', 'api'],
  cli: ['core', 'paths', 'demo', 'switch', 'api', 'advice', 'store', 'postgres'],
  admin: ['core', 'api'],
}

/** Pure packages: no clock, no files, no network. */
const CORE_PACKAGES = [
  'temporal-polyfill',
  'libphonenumber-js',
  'i18n-iso-countries',
  'localized-address-format',
  'postcode-validator',
]

/** What a layer may see of another where it must not see all of it. */
const ONLY: Readonly<Record<string, readonly string[]>> = {
  'switch → store': [
    'src/store/sip.ts',
    'src/store/attendant.ts',
    'src/store/emergency-call.ts',
    'src/store/failure-policy.ts',
    'src/store/forwarding.ts',
    'src/store/free-call.ts',
    'src/store/trunk.ts',
    'src/store/db.ts',
  ],
  'switch → postgres': ['src/postgres/process.ts', 'src/postgres/cluster.ts'],
  'media → postgres': ['src/postgres/process.ts'],
  'payments → charging': ['src/charging/engine.ts'],
  'jobs → charging': ['src/charging/engine.ts'],
  'jobs → access': ['src/access/port-pin.ts', 'src/access/vault.ts'],
  'api → charging': ['src/charging/engine.ts'],
  'api → demo': ['src/demo/demo.ts', 'src/demo/persons.ts'],
  'demo → payments': ['src/payments/fake-card.ts'],
  'cli → api': ['src/api/overview.ts', 'src/api/audit-view.ts'],
}

/** Does `from` name `to` in nothing but `import type`? */
const isTypeOnly = (from: string, to: string): boolean =>
  [...withoutComments(read(from)).matchAll(/(?:^|\n)\s*import(\s+type)?\b[^'"`;]*?from\s+'([^']+)'/g)]
    .filter(([, , specifier = '']) => posix.join(posix.dirname(from), specifier) === to)
    .every(([, isType]) => isType !== undefined)

const packageOf = (specifier: string): string =>
  specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : (specifier.split('/')[0] ?? specifier)

describe('who may import whom', () => {
  test('every layer is in the table', () => {
    const layers = new Set(code.filter((file) => file.startsWith('src/')).map(layerOf))
    expect([...layers].filter((layer) => layer !== 'main' && !Object.hasOwn(MAY_IMPORT, layer))).toEqual([])
  })

  test('arrows between layers', () => {
    const wrong = product.flatMap(({ from, to }) => {
      if (!to.startsWith('src/') || from === 'src/main.ts') return []
      const [here, there] = [layerOf(from), layerOf(to)]
      const seen = ONLY[`${here} → ${there}`]
      const isAllowed =
        here === there || (MAY_IMPORT[here]?.includes(there) && (seen === undefined || seen.includes(to)))
      return isAllowed ? [] : [`${from} imports ${to}`]
    })
    expect(wrong).toEqual([])
  })

  test('the product imports no tests, benches or scripts', () => {
    expect(product.filter(({ to }) => /^(test|bench|scripts)\//.test(to) || isTest(to))).toEqual([])
  })

  test('core imports core and five pure packages', () => {
    const foreign = product.filter(
      ({ from, to }) =>
        layerOf(from) === 'core' && !to.startsWith('src/core/') && !CORE_PACKAGES.includes(packageOf(to)),
    )
    expect(foreign).toEqual([])
  })

  test('of the API the console sees types, and the schemas that its forms share', () => {
    const SHARED = /^src\/api\/(schema\/[\w-]+|contract|invalid)\.ts$/
    const values = code
      .filter((file) => file.startsWith('src/admin/'))
      .flatMap((file) =>
        [
          ...withoutComments(read(file)).matchAll(
            /(?:^|\n)\s*(?:import|export)(\s+type)?\b[^'"`;]*?from\s+'(\.[^']+)'/g,
          ),
        ]
          .filter(([, isType]) => isType === undefined)
          .map(([, , to = '']) => ({ from: file, to: posix.join(posix.dirname(file), to) })),
      )
    expect(values.filter(({ to }) => to.startsWith('src/api/') && !SHARED.test(to))).toEqual([])
    // They in turn must run in a browser.
    const schemas = product.filter(({ from }) => SHARED.test(from))
    const isFit = (to: string): boolean => SHARED.test(to) || to.startsWith('src/core/') || packageOf(to) === 'zod'
    const wrong = schemas.filter(({ from, to }) => !isFit(to) && !isTypeOnly(from, to))
    expect(wrong).toEqual([])
  })

  test('only the store, the lanes and the supervisor speak to PostgreSQL', () => {
    const speakers = new Set(product.filter(({ to }) => to === 'pg').map(({ from }) => layerOf(from)))
    expect([...speakers].sort()).toEqual(['charging', 'jobs', 'postgres', 'store'])
  })

  test('imports name files with their extension', () => {
    expect(imports.filter(({ to }) => to.startsWith('src/') && !existsSync(join(root, to)))).toEqual([])
  })
})

/** Files in which `pattern` is found outside of comments, with the line. */
function findIn(where: readonly string[], pattern: RegExp): string[] {
  return where.flatMap((file) =>
    withoutComments(read(file))
      .split('\n')
      .filter((line) => pattern.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  )
}

describe('what is not written', () => {
  const core = code.filter((file) => file.startsWith('src/core/') && !isTest(file))

  test.each([
    ['clock', /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\b|\bTemporal\.Now\b/],
    ['chance', /\bMath\.random\b|\bcrypto\b|\brandomBytes\b/],
    ['waiting', /\bawait\b|\basync\b|\bPromise\b|\bset(Timeout|Interval|Immediate)\b/],
    ['process', /\bprocess\b|\bconsole\b|\bglobalThis\b/],
    ['fractions of money', /\bparseFloat\b|\btoFixed\b/],
  ])('core has no %s', (_what, pattern) => {
    expect(findIn(core, pattern)).toEqual([])
  })

  test('no any, no non-null assertion by comment, nothing left for later', () => {
    expect(findIn(code, /(:|\bas|<|\|)\s*any\b(?!\s*\w)/)).toEqual([])
    const text = (file: string): string => read(file)
    expect(
      code.filter((file) => /@ts-(ignore|expect-error|nocheck)|\b(TOD[O]|FIXM[E]|XX[X])\b/.test(text(file))),
    ).toEqual([])
  })

  test('no test is left out or left alone', () => {
    expect(findIn(code.filter(isTest), /\.(only|skip|todo|fails)\b\s*[(.]/)).toEqual([])
  })

  test('nothing names the machine it was made on', () => {
    const text = files.filter((file) => !/\.(png|svg|ico|woff2)$/.test(file))
    const places = /\/wor[k]\/|\/far[m]\b|\bfar[m]-|registry\.npmj[s]|\/home\/[a-z]+\/|\/root\/\w/
    expect(text.filter((file) => places.test(read(file)))).toEqual([])
  })
})

describe('nothing lies about', () => {
  const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>

  test('every file is used by the server, a command, a bench, a script or a test', () => {
    const commands = Object.values(manifest.scripts ?? {}).flatMap((script) => script.match(/\b[\w./-]+\.ts\b/g) ?? [])
    const isEntry = (file: string): boolean =>
      file === 'src/main.ts' ||
      // Vite's, and what index.html names.
      file === 'src/admin/vite.config.ts' ||
      file === 'src/admin/main.tsx' ||
      commands.includes(file) ||
      /^(bench|scripts)\//.test(file)
    const reached = reach(code.filter(isEntry))
    expect(code.filter((file) => file.startsWith('src/') && !isTest(file) && !reached.has(file))).toEqual([])
    const helped = reach([...code.filter(isTest), 'test/harness/global-setup.ts'])
    // A program of its own, started by tests as a process, is named by its path.
    const isStarted = (file: string): boolean =>
      code.some((other) => other !== file && read(other).includes(posix.basename(file)))
    expect(code.filter((file) => file.startsWith('test/') && !helped.has(file) && !isStarted(file))).toEqual([])
  })

  test('every version is exact, every package is used', () => {
    const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = manifest
    const all = { ...dependencies, ...devDependencies, ...optionalDependencies }
    expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
    const imported = new Set(product.map(({ to }) => packageOf(to)))
    // Fastify's types of OpenAPI come from there: it must be installed for them to be seen.
    expect(Object.keys(dependencies).filter((name) => !imported.has(name) && name !== 'openapi-types')).toEqual([])
    const missing = product.filter(
      // A name that is put together at run time is no package.
      ({ from, to }) =>
        !/^(src\/|node:|\$\{)/.test(to) &&
        // The console is built: what it is made of is needed before, not while it is served.
        !Object.hasOwn(
          from.startsWith('src/admin/') ? { ...dependencies, ...devDependencies } : dependencies,
          packageOf(to),
        ),
    )
    expect(missing).toEqual([])
  })
})

function reach(entries: readonly string[]): ReadonlySet<string> {
  const reached = new Set(entries)
  for (const file of reached)
    for (const { from, to } of imports) if (from === file && code.includes(to)) reached.add(to)
  return reached
}

describe('the API', () => {
  test('every route module is registered, every route is described with a summary and in its place', async () => {
    const modules = code.filter((file) => /^src\/api\/[\w-]+\.ts$/.test(file) && !isTest(file))
    const exported = modules.flatMap((file) => read(file).match(/(?<=export const )\w+Routes(?=: Routes)/g) ?? [])
    const [, ...lists] = read('src/api/routes.ts').split('ROUTES')
    const listed = lists.join('')
    expect(exported.filter((name) => !listed.includes(`${name},`))).toEqual([])

    const seen: string[] = []
    const listen: Routes = (app) => {
      app.addHook('onRoute', ({ method, url, schema }) => {
        const isHidden = (schema as { hide?: boolean } | undefined)?.hide === true
        const methods = [method].flat().filter((name) => name !== 'HEAD' && name !== 'OPTIONS')
        if (!isHidden) seen.push(...methods.map((name) => `${name.toLowerCase()} ${url.replaceAll(/:(\w+)/g, '{$1}')}`))
      })
    }
    // Routes are registered and not asked: of all that they may use they only listen to the engine.
    const deps = { engine: { events: new EventEmitter() } } as unknown as Deps
    const app = await makeServer(deps, [listen, ...ROUTES], pino({ level: 'silent' }))
    await app.ready()
    const { paths = {} } = app.swagger() as {
      paths?: Record<string, Record<string, { summary?: string; tags?: string[] }>>
    }
    await app.close()
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { summary, tags }]) =>
        summary && tags?.length ? `${method} ${path}` : [],
      ),
    )
    expect(seen.length).toBeGreaterThan(20)
    expect(seen.filter((route) => !described.includes(route))).toEqual([])
  })
})

describe('documents', () => {
  const documents = files.filter((file) => file.endsWith('.md'))

  test.each(documents)('%s: its links lead somewhere', (file) => {
    const text = read(file).replaceAll(/```[\s\S]*?```/g, '')
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
    const broken = links.filter((target) => !/^(https?:|mailto:)/.test(target) && !leadsSomewhere(file, target))
    expect(broken).toEqual([])
  })

  test.each(documents)('%s: the files it names exist', (file) => {
    const named = [...read(file).matchAll(/`((?:src|test|bench|scripts|docs)\/[\w./-]+\.\w+)`/g)].map(
      ([, path = '']) => path,
    )
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })
})

/** A heading's address, as GitHub makes it. */
const slug = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')

function leadsSomewhere(file: string, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  const there = path === '' ? file : posix.join(posix.dirname(file), path)
  if (!existsSync(join(root, there))) return false
  if (anchor === undefined) return true
  return [...read(there).matchAll(/^#+\s+(.+)$/gm)].some(([, heading = '']) => slug(heading) === anchor)
}
