/** Every page of the console with the demonstration’s data, in English and in French; and what docs/screenshots must show of each. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { newUuid } from '../../src/charging/engine.ts'
import { instant } from '../../src/core/time.ts'
import { readDemoPersons } from '../../src/demo/persons.ts'
import type { TaskState } from '../../src/jobs/index.ts'
import { packageRoot } from '../../src/paths.ts'
import { raiseAlarm } from '../../src/store/alarm.ts'
import {
  aConsole,
  type Console,
  expectNoAxeViolations,
  expectNoHardCodedText,
  expectNoSidewaysScroll,
  type Person,
  screenshot,
  settled,
  type VisitOptions,
} from './harness.ts'

const SCREENSHOTS = join(packageRoot, 'docs/screenshots/console')

/** Who looks at a page. */
type Reader = 'nobody' | 'admin' | 'customer' | 'tester' | 'partner' | 'operator'

const READERS: readonly Reader[] = ['nobody', 'admin', 'customer', 'tester', 'partner', 'operator']

interface Pictures {
  /** Of those that are taken here (of the last address): `<name>-en-light` and `<name>-fr-dark`. Absent: as the page's address. */
  readonly name?: string
  /** Taken by another suite. */
  readonly en?: string
  readonly fr?: string
}

interface Shown extends Pictures {
  readonly by: Reader
  /** An address for each of the page's paths, below its root; `{…}` is the id of something that `factsOf()` finds. */
  readonly at: readonly string[]
}

const shown = (by: Reader, at: readonly string[], pictures: Pictures = {}): Shown => ({ by, at, ...pictures })

/** Every page, under its area and its first path. A page that is not here fails the first test. */
const SHOWN: Readonly<Record<string, Shown>> = {
  'public/sign-in': shown('nobody', ['/sign-in'], { en: 'sign-in-en-light', fr: 'sign-in-fr-dark-1440' }),
  'public/invitation': shown('nobody', ['/invitation#worn-out'], { fr: 'invitation-fr-light' }),
  'public/password-reset': shown('nobody', ['/password-reset']),
  'public/what-to-buy': shown('nobody', ['/what-to-buy'], { en: 'what-to-buy-en-light', fr: 'what-to-buy-fr-dark' }),
  'public/availability': shown('nobody', ['/availability', '/availability/ca'], { en: 'availability-en-light' }),
  'public/port-out': shown('nobody', ['/port-out'], { en: 'port-out-en-light' }),

  'tenant/getting-started': shown('admin', ['getting-started', 'getting-started/location'], {
    en: 'getting-started-overview-en',
    fr: 'getting-started-overview-fr',
  }),
  'tenant/users': shown('admin', ['users'], { en: 'users-en-light', fr: 'users-fr-dark' }),
  'tenant/users/import': shown('admin', ['users/import', 'users/import/{import}', 'users/import/{import}/check'], {
    en: 'import-check-en-light',
    fr: 'import-fr-dark',
  }),
  'tenant/users/$usr': shown('admin', ['users/{user}', 'users/{user}/numbers'], {
    en: 'user-en-light',
    fr: 'user-fr-dark',
  }),
  'tenant/numbers': shown('admin', ['numbers'], { en: 'numbers-en-light', fr: 'numbers-fr-dark' }),
  'tenant/numbers/get': shown('admin', ['numbers/get'], { en: 'numbers-get-en-light' }),
  'tenant/ports': shown('admin', ['ports'], { en: 'ports-en-light' }),
  'tenant/ports/new': shown('admin', ['ports/new', 'ports/{port}/edit', 'ports/{port}/edit/numbers'], {
    en: 'ports-new-numbers-en-light',
    fr: 'ports-new-numbers-fr-dark',
  }),
  'tenant/ports/$prt': shown('admin', ['ports/{port}'], { en: 'ports-error-en-light', fr: 'ports-approved-fr-dark' }),
  'tenant/locations': shown('admin', ['locations'], { fr: 'locations-fr-dark' }),
  'tenant/jobs': shown('admin', ['jobs'], { fr: 'jobs-fr-dark' }),
  'tenant/attendant': shown('admin', ['attendant', 'attendant/{attendant}'], {
    en: 'greeting-en-light',
    fr: 'greeting-fr-dark',
  }),
  'tenant/policies': shown('admin', ['policies'], { en: 'policies-en-light', fr: 'policies-fr-dark' }),
  'tenant/home': shown('admin', ['home'], { en: 'home-en-light', fr: 'home-fr-dark' }),
  'tenant/billing/pools': shown('admin', ['billing/pools', 'billing/pools/{pool}'], {
    en: 'pools-en-light',
    fr: 'pools-fr-dark',
  }),
  'tenant/billing/purchase': shown('admin', ['billing/purchase'], { en: 'purchase-en-light', fr: 'purchase-fr-dark' }),
  'tenant/billing/credits': shown('admin', ['billing/credits'], { en: 'credits-en-light', fr: 'credits-fr-dark' }),
  'tenant/billing/statements': shown('admin', ['billing/statements', 'billing/statements/{month}'], {
    name: 'statement',
    en: 'statement-en-light',
  }),
  'tenant/billing/advice': shown('admin', ['billing/advice'], { en: 'advice-en-light', fr: 'advice-fr-dark' }),
  'tenant/billing/what-if': shown('admin', ['billing/what-if'], {
    en: 'what-if-basket-en-light',
    fr: 'what-if-basket-fr-dark',
  }),
  'tenant/billing/rates': shown('admin', ['billing/rates'], { en: 'rates-en-light', fr: 'rates-fr-dark' }),
  'tenant/reports/usage': shown('admin', ['reports/usage'], {
    en: 'reports-usage-en-light',
    fr: 'reports-usage-fr-dark',
  }),
  'tenant/reports/pools': shown('admin', ['reports/pools'], { fr: 'reports-pools-fr-dark' }),
  'tenant/live': shown('admin', ['live'], { en: 'live-en-light', fr: 'live-fr-dark' }),
  'tenant/calls': shown('admin', ['calls'], { en: 'calls-en-light', fr: 'calls-fr-dark' }),
  'tenant/calls/$call': shown('admin', ['calls/{call}'], { en: 'call-en-light', fr: 'call-fr-dark' }),
  'tenant/settings/organisation': shown('admin', ['settings/organisation'], { en: 'settings-organisation-en-light' }),
  'tenant/settings/admins': shown('admin', ['settings/admins'], { en: 'settings-admins-en-light' }),
  'tenant/settings/api-keys': shown('admin', ['settings/api-keys'], {
    name: 'settings-keys',
    en: 'settings-keys-en-light',
  }),
  'tenant/settings/webhooks': shown('admin', ['settings/webhooks']),
  'tenant/settings/webhooks/$webhook': shown('admin', ['settings/webhooks/{webhook}'], {
    en: 'settings-webhook-en-light',
  }),
  'tenant/settings/partners': shown('customer', ['settings/partners'], { en: 'settings-partners-en-light' }),
  'tenant/trunks': shown('customer', ['trunks'], { fr: 'trunks-fr-light' }),
  'tenant/partner': shown('customer', ['partner'], { name: 'partner-own', fr: 'partner-own-fr-light' }),
  'tenant/settings/audit': shown('admin', ['settings/audit'], { en: 'settings-audit-en-light' }),
  'tenant/settings/sandbox': shown('tester', ['settings/sandbox'], { en: 'settings-sandbox-en-light' }),

  'operator/overview': shown('operator', ['overview'], { en: 'operator-overview-en-light' }),
  'operator/tenants': shown('operator', ['tenants']),
  'operator/decks': shown('operator', ['decks'], { name: 'decks', en: 'decks-en-light' }),
  'operator/decks/import': shown('operator', ['decks/import', 'decks/import/{draft}', 'decks/import/{draft}/compare'], {
    name: 'decks-compare',
    en: 'decks-compare-en-light',
  }),
  'operator/number-stock': shown('operator', ['number-stock'], {
    en: 'operator-number-stock-en-light',
    fr: 'operator-number-stock-fr-dark',
  }),
  'operator/ports': shown('operator', ['ports'], {
    en: 'operator-ports-work-en-light',
    fr: 'operator-ports-work-fr-dark',
  }),
  'operator/books': shown('operator', ['books']),
  'operator/alarms': shown('operator', ['alarms']),
  'operator/jobs': shown('operator', ['jobs']),
  'operator/catalogue': shown('operator', ['catalogue'], { en: 'operator-catalogue-en-light' }),
  'operator/partners': shown('operator', ['partners']),
  'operator/partners/$partner': shown('operator', ['partners/{partner}']),
  'operator/system': shown('operator', ['system']),
  'operator/system/api-keys': shown('operator', ['system/api-keys']),
  'operator/system/audit': shown('operator', ['system/audit']),

  'partner/worklist': shown('partner', ['worklist'], { en: 'partner-worklist-en-dark' }),
  'partner/worklist/$case': shown('partner', ['worklist/{case}'], {
    en: 'partner-case-en-dark',
    fr: 'partner-case-fr-light',
  }),
  'partner/customers': shown('partner', ['customers'], { en: 'partner-customers-en-light' }),
  'me/phone': shown('admin', ['phone'], { en: 'phone-idle-en-light', fr: 'phone-idle-fr-dark' }),
}

/** Its picture in each language, by this suite or another. */
function picturesOf(key: string): { readonly en: string; readonly fr: string } {
  // settings/webhooks/$webhook: settings-webhook
  const address = key.replace(/^(public|tenant)\//, '').replace(/s\/\$\w+$/, '')
  const { name = address.replaceAll('/', '-'), en = `${name}-en-light`, fr = `${name}-fr-dark` } = SHOWN[key] ?? {}
  return { en, fr }
}

/** Pages of tenants outside the settings have suites of their own: axe, phones and the disguise, with more to see. */
const hasOwnLooks = (key: string): boolean => key.startsWith('tenant/') && !key.startsWith('tenant/settings/')
const WITHOUT_OWN_LOOKS = Object.keys(SHOWN).filter((key) => !hasOwnLooks(key))

/** A page that this reader has, with one path. */
const elsewhere = (by: Reader): string => (by === 'nobody' ? '/port-out' : '/account')

interface Entry {
  readonly area: string
  readonly paths: readonly string[]
}
// By name, for the pages are of another world than the types of the server.
const { PAGES, PUBLIC_PAGES } = (await import(new URL('../../src/admin/pages.ts', import.meta.url).href)) as {
  PAGES: readonly Entry[]
  PUBLIC_PAGES: readonly Omit<Entry, 'area'>[]
}
const ALL = [...PUBLIC_PAGES.map(({ paths }) => ({ area: 'public', paths })), ...PAGES]

test('each page is here, with an address for each of its paths', () => {
  const pathsOf = (count: (key: string, paths: readonly string[]) => number) =>
    ALL.map(({ area, paths }) => [`${area}/${paths[0]}`, count(`${area}/${paths[0]}`, paths)])
  expect(Object.keys(SHOWN).toSorted()).toEqual(ALL.map(({ area, paths }) => `${area}/${paths[0]}`).toSorted())
  expect(pathsOf((key) => SHOWN[key]?.at.length ?? 0)).toEqual(pathsOf((_key, paths) => paths.length))
})

describe('with the demonstration', () => {
  let admin: Console
  let facts: Readonly<Record<string, string>>
  let people: Readonly<Record<Exclude<Reader, 'nobody'>, Person>>
  let placeOf: Readonly<Record<'admin' | 'customer' | 'tester', string>>
  beforeAll(async () => {
    admin = await aConsole({ demo: true, parts: { taskStates: () => [CLOSED_POOLS] } })
    await raiseAlarm(admin.db, {
      alarmId: newUuid(Date.now()),
      kind: 'unrated',
      tenantId: null,
      subject: '+8816123456',
      at: instant(Date.now()),
    })
    const { data: tenants } = await admin.ask<{ data: { id: string; country: string; sandbox: boolean }[] }>(
      'GET',
      '/v1/tenants',
    )
    const tenantIn = (fits: (tenant: { country: string; sandbox: boolean }) => boolean) => tenants.find(fits)?.id ?? ''
    placeOf = {
      admin: admin.tenant,
      customer: tenantIn(({ country }) => country === 'FR'),
      tester: tenantIn(({ sandbox }) => sandbox),
    }
    const persons = await readDemoPersons(admin.db)
    const personOf = (role: string): Person => {
      const found = persons.find((person) => person.role === role)
      if (!found) throw new Error(`the demonstration has no ${role}`)
      return found
    }
    const boss = personOf('global-admin')
    people = { admin: boss, customer: boss, tester: boss, partner: personOf('partner'), operator: personOf('operator') }
    facts = await factsOf(admin.tenant)
  }, 120_000)

  /** Something of each kind that a page is about; made where the demonstration has none. */
  async function factsOf(tenant: string): Promise<Record<string, string>> {
    const root = `/v1/tenants/${tenant}`
    const first = async (path: string): Promise<string> => {
      const { data } = await admin.ask<{ data: { id: string }[] }>('GET', path)
      if (!data[0]) throw new Error(`${path}: nothing there`)
      return data[0].id
    }
    const csv = (path: string, text: string): Promise<{ id: string }> =>
      fetch(admin.server.url + path, {
        method: 'POST',
        headers: { authorization: `Bearer ${admin.server.operatorKey}`, 'content-type': 'text/csv' },
        body: text,
      }).then((answer) => answer.json() as Promise<{ id: string }>)
    const webhook = { url: 'https://hooks.example.com/ringfence', types: ['recharge.failed', 'wallet.low'] }
    const port = { name: 'Head office', country: 'CA', type: 'geographic', kind: 'partial' }
    const month = new Date(Date.now() - 40 * 86_400_000).toISOString().slice(0, 7)
    return {
      user: await first(`${root}/users?limit=1`),
      call: await first(`${root}/calls?limit=1`),
      attendant: await first(`${root}/attendants`),
      partner: await first('/v1/partners'),
      case: await first('/v1/partner-cases'),
      pool: 'ca-domestic',
      month,
      webhook: (await admin.ask<{ id: string }>('POST', `${root}/webhooks`, webhook)).id,
      port: (await admin.ask<{ id: string }>('POST', `${root}/port-orders`, port)).id,
      import: (await csv(`${root}/user-imports?fileName=people.csv`, 'Name,Country\nMaya Roy,CA\n')).id,
      draft: (await csv('/v1/rate-decks/drafts?fileName=deck.csv', DECK)).id,
    }
  }

  const rootOf = (key: string, by: Reader): string => {
    const [area = ''] = key.split('/', 1)
    if (area === 'public') return ''
    if (area !== 'tenant') return `/${area}/`
    return by === 'admin' || by === 'customer' || by === 'tester' ? `/t/${placeOf[by]}/` : ''
  }

  /** As a link goes, without loading it all anew. Each page sets its title when it is there. */
  async function goTo(page: Page, href: string): Promise<void> {
    await page.evaluate(`document.title = ''; history.pushState(null, '', '${href}')`)
    await expect.poll(() => page.title(), { message: href }).not.toBe('')
    await settled(page)
  }

  /** Looks at each address of these pages, as their readers, one after the other. */
  async function walk(
    keys: readonly string[],
    options: VisitOptions,
    look: (page: Page, key: string, at: string) => Promise<void>,
  ) {
    for (const by of READERS) {
      const page = await admin.visit(elsewhere(by), { ...options, as: by === 'nobody' ? null : people[by] })
      await walkAs(
        by,
        keys.filter((key) => SHOWN[key]?.by === by),
        page,
        look,
      )
      await page.context().close()
    }
  }

  async function walkAs(
    by: Reader,
    keys: readonly string[],
    page: Page,
    look: (page: Page, key: string, at: string) => Promise<void>,
  ) {
    for (const key of keys) {
      const { at } = SHOWN[key] ?? shown(by, [])
      for (const [index, address] of at.entries()) {
        const filled = address.replaceAll(/\{(\w+)\}/g, (_all, name: string) => facts[name] ?? `no ${name}`)
        // By way of another page: what is there already does not set its title again.
        if (index > 0) await goTo(page, elsewhere(by))
        await goTo(page, rootOf(key, by) + filled)
        await expect.poll(() => page.locator('.k-error').count(), { message: `${filled}: an error` }).toBe(0)
        await look(page, key, address)
      }
    }
  }

  test.each([
    ['English, light', 'en', 'light'],
    ['French, dark', 'fr', 'dark'],
  ] as const)('%s: there, accessible, as wide as the window, and in its picture', async (_look, lang, theme) => {
    const missing = lang === 'en' ? 'There is nothing here' : 'Il n’y a rien ici'
    await walk(Object.keys(SHOWN), { lang, theme }, async (page, key, at) => {
      await expect.poll(() => page.getByRole('heading', { name: missing, level: 1 }).count(), { message: at }).toBe(0)
      await expect.poll(() => page.getAttribute('html', 'lang'), { message: at }).toMatch(lang)
      await expectNoSidewaysScroll(page)
      if (!hasOwnLooks(key)) await expectNoAxeViolations(page)
      const { [lang]: isTaken, at: addresses } = SHOWN[key] ?? shown('nobody', [])
      if (isTaken === undefined && at === addresses.at(-1)) await screenshot(page, picturesOf(key)[lang])
    })
  })

  test('on a phone: accessible, as wide as the window', async () => {
    await walk(WITHOUT_OWN_LOOKS, { lang: 'fr', width: 390 }, async (page) => {
      await expectNoSidewaysScroll(page)
      await expectNoAxeViolations(page)
    })
  })

  test('in the disguise: every word is of the table of words', async () => {
    await walk(WITHOUT_OWN_LOOKS, { lang: 'qps' }, expectNoHardCodedText)
  })
})

describe('docs/screenshots', () => {
  // Before the walks: what they have to take was not kept.
  const kept = readdirSync(SCREENSHOTS).map((file) => file.replace(/\.png$/, ''))
  const wanted = Object.keys(SHOWN).flatMap((key) => Object.values(picturesOf(key)))

  test('shows each page in both languages', () => {
    expect(wanted.filter((name) => !kept.includes(name))).toEqual([])
  })

  test('shows nothing that no test takes any more', () => {
    const sources = ['test/console', 'test/softphone'].flatMap((folder) =>
      readdirSync(join(packageRoot, folder))
        .filter((file) => file.endsWith('.test.ts') && file !== 'every-page.test.ts')
        .map((file) => readFileSync(join(packageRoot, folder, file), 'utf8')),
    )
    expect(kept.filter((name) => !wanted.includes(name) && !sources.some((source) => takes(source, name)))).toEqual([])
  })
})

/** Whether a suite names this picture: as it is, or by a template whose holes are words of that suite. */
function takes(source: string, name: string): boolean {
  if (source.includes(`'${name}'`)) return true
  const words = source.replaceAll(/[/?=]/g, '-')
  return [...source.matchAll(/screenshot\(\S+ `(.+?)`/g)].some(([, template = '']) => {
    const shape = template.replaceAll(/\$\{.*?\}/g, '([\\w-]*?)')
    const [, ...holes] = new RegExp(`^${shape}$`).exec(name) ?? []
    return (
      holes.length > 0 &&
      holes
        .join('-')
        .split('-')
        .every((word) => words.includes(word))
    )
  })
}

const CLOSED_POOLS: TaskState = {
  name: 'close-pools',
  everySeconds: 5,
  isRunning: false,
  lastStartedAt: instant(Date.now()),
  lastTookMs: 12,
  wasOurs: true,
  lastFailedAt: null,
  lastError: null,
}

const DECK = `direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom
out,44,,any,CAD,0.01,0.0485,60,60,0,2020-01-01T00:00:00Z
out,1,,any,CAD,0,0.03,60,60,0,2020-01-01T00:00:00Z
`
