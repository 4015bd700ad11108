/**
 * The Getting Started wizard from an empty organisation to a call that is heard both ways (G2, G4): the real console, server, Kamailio and
 * rtpengine, and Chromium with a microphone that beeps. Whole in English for Canada; shorter for the other countries and in French.
 */
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  finishStepWords,
  frameWords,
  licencesStepWords,
  locationStepWords,
  numberStepWords,
  stepWords,
} from '../../src/admin/pages/getting-started/words.ts'
import { greetingWords } from '../../src/admin/pages/greeting/words.ts'
import { locationWords } from '../../src/admin/pages/locations/words.ts'
import { addWords } from '../../src/admin/pages/users/add-words.ts'
import { phoneWords } from '../../src/admin/softphone/words.ts'
import { bundleOf, type Words } from '../../src/admin/words/define.ts'
import { builtConsole } from '../console/build.ts'
import { expectNoAxeViolations, screenshot, settled, textOf } from '../console/harness.ts'
import { TelephoneSystem } from '../sip/harness.ts'
import { Voice } from '../sip/voice.ts'
import { Browsers } from './browsers.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 180_000 })

let system: TelephoneSystem
let browsers: Browsers

beforeAll(async () => {
  process.env.RINGFENCE_ADMIN_DIST = await builtConsole()
  system = await TelephoneSystem.start()
  browsers = await Browsers.start(system)
  await system.api(
    'POST',
    '/v1/number-stock',
    [
      'from,to,carrier,country,type,city,areaCode',
      '+14165550100,+14165550119,Bell,CA,user,Toronto,416',
      '+15145550100,+15145550109,Bell,CA,user,Montréal,514',
      '+14165550180,+14165550189,Bell,CA,service-toll,Toronto,416',
      '+15145550180,+15145550189,Bell,CA,service-toll,Montréal,514',
      '+18775550190,+18775550199,Bell,CA,service-toll-free,,877',
      '+442079460000,+442079460019,Gamma,GB,user,London,20',
      '+442079460080,+442079460089,Gamma,GB,service-toll,London,20',
      '+12125550100,+12125550119,Lumen,US,user,New York,212',
      '+12125550180,+12125550189,Lumen,US,service-toll,New York,212',
      '+18885550190,+18885550199,Lumen,US,service-toll-free,,888',
    ].join('\n'),
  )
})
afterEach(() => browsers.closePages())
afterAll(async () => {
  await browsers?.stop()
  await system?.stop()
})

interface Country {
  readonly timeZone: string
  readonly currency: string
  readonly address: Readonly<Record<string, string>>
  readonly region?: string
}

const COUNTRIES = {
  CA: {
    timeZone: 'America/Toronto',
    currency: 'CAD',
    address: { houseNumber: '200', street: 'King Street West', city: 'Toronto', postalCode: 'm5h3t4' },
    region: 'Ontario',
  },
  GB: {
    timeZone: 'Europe/London',
    currency: 'GBP',
    address: { houseNumber: '1', street: 'Mortimer Street', city: 'London', postalCode: 'W1T 3JL' },
  },
  US: {
    timeZone: 'America/New_York',
    currency: 'USD',
    address: { houseNumber: '11', street: 'Wall Street', city: 'New York', postalCode: '10005' },
    region: 'New York',
  },
} as const satisfies Readonly<Record<string, Country>>

interface Task {
  readonly key: string
  readonly state: string
  readonly number: string | null
}

interface SetUp {
  readonly next: string | null
  readonly steps: readonly { readonly step: string; readonly state: string }[]
  readonly company: { readonly number: string; readonly temporary: boolean; readonly attendantId: string | null } | null
  readonly finish: { readonly tasks: readonly Task[] }
}

let organisations = 0

/** An empty organisation that owns five licences, and its admin in front of the wizard. */
async function begin(country: keyof typeof COUNTRIES, lang: 'en' | 'fr' = 'en', options: object = {}) {
  const { timeZone, currency } = COUNTRIES[country]
  const body = { name: 'Atelier Boréal', country, timeZone, currency }
  const { id } = await system.api('POST', '/v1/tenants', body)
  await system.api('POST', `/v1/tenants/${id}/subscriptions`, { sku: 'voice-with-calling-plan', quantity: 5 })
  const admin = await browsers.person(
    { id },
    `camille-${country}-${lang}@boreal-${++organisations}.example`.toLowerCase(),
    'global-admin',
  )
  const page = await browsers.open(admin, `/t/${id}/getting-started`, { lang, ...options })
  return new Walk(page, id, country, lang)
}

/** Somebody who goes through the steps, by what stands on the buttons. */
class Walk {
  readonly page: Page
  readonly id: string
  readonly #country: keyof typeof COUNTRIES
  readonly #lang: 'en' | 'fr'

  constructor(page: Page, id: string, country: keyof typeof COUNTRIES, lang: 'en' | 'fr') {
    this.page = page
    this.id = id
    this.#country = country
    this.#lang = lang
  }

  say(words: Words, key: string): string {
    const text = bundleOf(words, this.#lang)[key]
    if (text === undefined) throw new Error(`${words.namespace} has no ${key}`)
    return text
  }

  button(words: Words, key: string, within: Page | Locator = this.page): Locator {
    return within.getByRole('button', { name: this.say(words, key), exact: true })
  }

  setUp(): Promise<SetUp> {
    return system.api<SetUp>('GET', `/v1/tenants/${this.id}/getting-started`)
  }

  /** The page is at this step. */
  async at(step: string): Promise<void> {
    await this.page.getByRole('heading', { level: 2, name: this.say(stepWords, `title.${step}`) }).waitFor()
    await settled(this.page)
    expect(this.page.url()).toMatch(new RegExp(`/getting-started/${step}$`))
  }

  /** Looks at the step, as a picture of it is kept; `look` is told what is to be seen. */
  async look(step: string): Promise<void> {
    // What was pressed is done: the buttons are there again.
    await expect.poll(() => this.page.locator('.gs-foot button:disabled').count()).toBe(0)
    await expectNoAxeViolations(this.page)
    await this.page.evaluate('scrollTo(0, 0)')
    await screenshot(this.page, `getting-started-${step}-${this.#lang}`, { full: true })
  }

  next(): Promise<void> {
    return this.button(frameWords, 'next').click()
  }

  async location(): Promise<void> {
    await this.at('location')
    await this.button(locationStepWords, 'add').click()
    const dialog = this.page.getByRole('dialog')
    const field = (name: string) => dialog.locator(`input[name=${name}]`)
    await field('name').fill('Head office')
    const { address, region }: Country = COUNTRIES[this.#country]
    for (const [name, text] of Object.entries(address)) await field(name).fill(text)
    if (region !== undefined) {
      await dialog.getByRole('combobox', { name: this.say(locationWords, 'field.region') }).click()
      await this.page.getByRole('option', { name: region, exact: true }).click()
    }
    await this.button(locationWords, 'check', dialog).click()
    await this.button(locationWords, 'use', dialog).click()
    await this.page.getByRole('radio', { name: /Head office/ }).waitFor()
  }

  /** W5: offered once there are credits, and not before. */
  async tollFreeNumber(): Promise<void> {
    await this.at('number')
    const tollFree = this.page.getByRole('radio', { name: this.say(numberStepWords, 'tollFree') })
    expect(await tollFree.isDisabled()).toBe(true)
    await this.page.getByText(this.say(numberStepWords, 'needsCredits')).waitFor()
    await expectNoAxeViolations(this.page)
    await this.page.getByRole('link', { name: this.say(numberStepWords, 'addFunds') }).click()
    await this.page.waitForURL(/billing\/credits\?panel=fund/)
    await system.fund(this.id, '25.00')
    await this.page.goto(`${system.url}/t/${this.id}/getting-started/number`)
    await this.at('number')
    await tollFree.check()
    await this.button(numberStepWords, 'find').click()
    await this.page.locator('.gs-number').waitFor()
    expect((await textOf(this.page, '.gs-number')).replaceAll(/\D/g, '')).toMatch(/^188855501/)
    await this.look('toll-free')
  }

  async number({ temporary = true } = {}): Promise<void> {
    await this.at('number')
    await this.button(numberStepWords, 'find').click()
    await this.page.locator('.gs-number').waitFor()
    if (temporary) await this.page.getByRole('checkbox', { name: this.say(numberStepWords, 'bring') }).check()
  }

  async licences(...names: readonly string[]): Promise<void> {
    await this.at('licences')
    for (const name of names) {
      await this.button(licencesStepWords, 'add').click()
      const dialog = this.page.getByRole('dialog')
      await dialog.locator('input[name=name]').fill(name)
      await this.button(addWords, 'submit', dialog).click()
      await dialog.waitFor({ state: 'detached' })
      await this.page.getByRole('checkbox', { name }).check()
    }
  }

  async words(name: string, text: string): Promise<void> {
    const group = this.page.getByRole('group', { name })
    await group.getByRole('textbox').fill(text)
    await this.button(greetingWords, 'speak', group).click()
    await group.locator('audio').waitFor()
  }

  async colleague(place: number, name: string): Promise<void> {
    await this.page
      .getByRole('combobox', { name: this.say(greetingWords, 'colleague') })
      .nth(place)
      .click()
    await this.page.getByRole('option', { name }).click()
  }

  async done(): Promise<SetUp> {
    await this.button(finishStepWords, 'done').click()
    await this.page.getByText(this.say(finishStepWords, 'allDone')).waitFor()
    return this.setUp()
  }

  /** A colleague’s own page, with the telephone turned on. */
  async openPhoneOf(name: string): Promise<Page> {
    const { data } = await system.api<{ data: { id: string; name: string }[] }>('GET', `/v1/tenants/${this.id}/users`)
    const id = data.find((user) => user.name === name)?.id ?? ''
    const email = `${name.replace(' ', '.')}.${id.slice(-6)}@boreal.example`.toLowerCase()
    await system.api('PATCH', `/v1/tenants/${this.id}/users/${id}`, { email })
    const page = await browsers.open(await browsers.person(this, email), '/me/phone', { lang: this.#lang })
    await page.locator('.ph-off button').click()
    await page.locator('.ph-line[data-line=ready]').waitFor()
    return page
  }

  /** The browser rings, is answered, and speech arrives at both ends. */
  async testCall(): Promise<void> {
    await this.at('test-call')
    await this.button(phoneWords, 'test.begin').click()
    await this.button(phoneWords, 'answer').click()
    await this.page.getByText(this.say(phoneWords, 'test.both')).waitFor()
    const { sent, received } = await browsers.packets(this.page)
    expect(sent).toBeGreaterThan(10)
    expect(received).toBeGreaterThan(10)
    await expect.poll(async () => (await this.setUp()).next).toBeNull()
  }
}

const states = ({ steps }: SetUp): Record<string, string> =>
  Object.fromEntries(steps.map(({ step, state }) => [step, state]))

describe('from an empty organisation to a call that is heard both ways', () => {
  test('G2, G4 Canada, in English, every step', async () => {
    const walk = await begin('CA')
    const { page } = walk
    await walk.location()
    await walk.look('location')
    await walk.next()

    await walk.number()
    await walk.look('number')
    await walk.next()

    await walk.licences('Maya Tremblay', 'Liam Roy')
    expect(await textOf(page, '.gs-own')).toContain('Pool in Canada: 6,000 minutes a month')
    await page.getByText('Each gets a temporary number in').waitFor()
    await walk.look('licences')
    await walk.next()

    await walk.at('greeting')
    await walk.words('Greeting', 'Welcome to Atelier Boréal.')
    await walk.look('greeting')
    await walk.next()

    await walk.at('menu')
    await page.getByRole('radio', { name: 'Callers choose by key' }).check()
    await walk.words('What the menu says', 'For orders, press 1. For the workshop, press 2.')
    await walk.colleague(0, 'Maya Tremblay')
    await page.getByRole('button', { name: 'Add a key' }).click()
    await walk.colleague(1, 'Liam Roy')
    await expect.poll(() => textOf(page, '.greeting-tree')).toMatch(/1 ?Maya Tremblay 2 ?Liam Roy/)
    await walk.look('menu')
    await walk.next()

    await walk.at('finish')
    await page.getByText('For orders').or(page.locator('.gs-who')).first().waitFor()
    await walk.look('overview')
    const done = await walk.done()
    await walk.look('done')
    expect(done.finish.tasks.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'done'])
    expect(done.company).toMatchObject({ temporary: true, attendantId: expect.any(String) })
    expect(states(done)).toMatchObject({ finish: 'done', 'test-call': 'open' })

    await walk.button(finishStepWords, 'toTest').click()
    await walk.testCall()
    await page.getByText('Your phones ring').waitFor()
    await walk.look('test-call')
    // All is done: the rail has no such page any more.
    await page.getByRole('link', { name: 'To Home' }).click()
    await page.getByRole('navigation', { name: 'Pages' }).waitFor()
    await expect.poll(() => page.getByRole('link', { name: 'Getting started' }).count()).toBe(0)
  })

  test('G2, G4 Canada, in French, on a phone', async () => {
    const walk = await begin('CA', 'fr', { width: 390, theme: 'dark' })
    const { page } = walk
    await walk.location()
    await walk.look('location')
    await walk.next()
    await walk.number({ temporary: false })
    await walk.look('number')
    await walk.next()
    await walk.licences('Zoé Gagnon')
    await walk.look('licences')
    await walk.next()
    await walk.at('greeting')
    await walk.words('Message d’accueil', 'Bienvenue à l’Atelier Boréal.')
    await walk.look('greeting')
    await walk.next()
    await walk.at('menu')
    await walk.colleague(0, 'Zoé Gagnon')
    await walk.look('menu')
    await walk.next()
    await walk.at('finish')
    await page.locator('.gs-who').waitFor()
    await walk.look('overview')
    const done = await walk.done()
    expect(done.company?.temporary).toBe(false)
    await walk.look('done')
    await walk.button(finishStepWords, 'toTest').click()
    await walk.testCall()
    await walk.look('test-call')
  })

  test.each(['GB', 'US'] as const)(
    'G2, G4 %s: location, number, one person, everything to that person',
    async (country) => {
      const walk = await begin(country)
      const { page } = walk
      await walk.location()
      await walk.next()
      await walk.number({ temporary: false })
      await walk.next()
      await walk.licences('Isla Shaw')
      await walk.next()
      await walk.at('greeting')
      await walk.button(frameWords, 'later').click()
      await walk.at('menu')
      await walk.colleague(0, 'Isla Shaw')
      await walk.next()
      await walk.at('finish')
      await page.getByText('for later').first().waitFor()
      const done = await walk.done()
      expect(states(done)).toMatchObject({
        location: 'done',
        number: 'done',
        greeting: 'later',
        menu: 'done',
        finish: 'done',
      })
      await walk.button(finishStepWords, 'toTest').click()
      await walk.testCall()
    },
  )

  test('G2, W5 United States: a toll-free company number, once there are credits; a call to it rings and credits pay', async () => {
    const walk = await begin('US')
    await walk.location()
    await walk.next()
    await walk.tollFreeNumber()
    await walk.next()
    await walk.licences('Isla Shaw')
    await walk.next()
    await walk.at('greeting')
    await walk.button(frameWords, 'later').click()
    await walk.at('menu')
    await walk.colleague(0, 'Isla Shaw')
    await walk.next()
    await walk.at('finish')
    const { company } = await walk.done()
    expect(company?.number).toMatch(/^\+188855501/)
    await walk.button(finishStepWords, 'toTest').click()
    await walk.testCall()

    const isla = await walk.openPhoneOf('Isla Shaw')
    const caller = await Voice.start({ tone: 1_300, port: system.takeLine() })
    await system.outside(caller, company?.number ?? '')
    await walk.button(phoneWords, 'answer', isla).click()
    await expect.poll(async () => (await browsers.packets(isla)).received).toBeGreaterThan(20)
    caller.listenAnew()
    await expect.poll(() => caller.senders).toBeGreaterThan(0)
    caller.hangUp()
    await isla.locator('[data-state=over]').first().waitFor()
    caller.stop()
    system.giveLineBack(caller.port)
    const records = await system.records(walk.id, 2)
    expect(records.map(({ classification }) => classification)).toContain('toll-free-in')
    expect(Number((await system.wallet(walk.id)).available)).toBeLessThan(25)
  })
})
