/** The Getting Started wizard (G2): left and found again, two windows, what is refused and tried again, who sees it, and how it looks. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { finishSetUp } from '../../src/api/getting-started-job.ts'
import { SET_UP_STEPS } from '../../src/core/getting-started.ts'
import { type JobRunner, startJobRunner } from '../../src/jobs/job-runner.ts'
import {
  aConsole,
  type Console,
  expectNoAxeViolations,
  expectNoHardCodedText,
  expectNoSidewaysScroll,
  settled,
  textOf,
} from './harness.ts'

let admin: Console
let runner: JobRunner

beforeAll(async () => {
  admin = await aConsole()
  const { jobs } = admin.deps
  runner = startJobRunner({ ...jobs, kinds: [finishSetUp({ ...jobs, onDirectoryChange: () => undefined })] })
  const csv = [
    'from,to,carrier,country,type,city,areaCode',
    '+14165550100,+14165550149,Bell,CA,user,Toronto,416',
    '+14165550150,+14165550189,Bell,CA,service-toll,Toronto,416',
  ].join('\n')
  const answer = await fetch(`${admin.server.url}/v1/number-stock`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.server.operatorKey}`, 'content-type': 'text/csv' },
    body: csv,
  })
  expect(answer.status).toBe(201)
})
afterAll(() => runner.stop())

interface Row {
  readonly id: string
}

const ADDRESS = {
  country: 'CA',
  houseNumber: '200',
  street: 'King Street West',
  city: 'Toronto',
  region: 'ON',
  postalCode: 'M5H 3T4',
}

/** An organisation of its own, with licences and people. */
async function aTenant(country = 'CA', { licences = 5, people = ['Maya Tremblay', 'Liam Roy'] } = {}) {
  const places = {
    CA: ['America/Toronto', 'CAD'],
    FR: ['Europe/Paris', 'EUR'],
    TD: ['Africa/Ndjamena', 'USD'],
  } as const
  const [timeZone, currency] = places[country as keyof typeof places]
  const { id } = await admin.ask<Row>('POST', '/v1/tenants', { name: 'Atelier Boréal', country, timeZone, currency })
  const root = `/v1/tenants/${id}`
  if (licences > 0)
    await admin.ask('POST', `${root}/subscriptions`, { sku: 'voice-with-calling-plan', quantity: licences })
  const users: string[] = []
  for (const name of people) {
    users.push((await admin.ask<Row>('POST', `${root}/users`, { name, usageLocation: country })).id)
  }
  const ask = <Answer>(method: string, path: string, body?: unknown) => admin.ask<Answer>(method, root + path, body)
  const visit = (path: string, options: Parameters<Console['visit']>[1] = {}): Promise<Page> =>
    admin.visit(path, { tenant: id, ...options })
  return {
    ask,
    visit,
    users,
    locate: () => ask<Row>('POST', '/emergency-locations', { name: 'Head office', address: ADDRESS }),
    /** Everything up to “Done”. */
    async chooseAll(): Promise<void> {
      await this.locate()
      const reserve = async (type: string, quantity: number): Promise<string> =>
        (await ask<Row>('POST', '/number-orders', { country, type, city: 'Toronto', quantity })).id
      await ask('PUT', '/getting-started/number', { orderId: await reserve('service-toll', 1) })
      const orderId = await reserve('user', users.length)
      await ask('PUT', '/getting-started/licences', { userIds: users, orderId, temporary: true })
      const forward = { to: 'user', userId: users[0] }
      const draft = { language: 'en', greeting: null, forward, menu: null, afterHours: null }
      await ask('POST', '/attendants', { name: 'Reception', draft })
      await ask('PUT', '/getting-started/later', { step: 'greeting', later: true })
    },
  }
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const rail = (page: Page) =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Getting started' })

describe('leaving and finding again', () => {
  test('the address without a step leads to the first that waits; later, back, and a number kept on another device', async () => {
    const tenant = await aTenant()
    const page = await tenant.visit('getting-started')
    await page.waitForURL(/getting-started\/location$/)
    await rail(page).waitFor()
    await button(page, 'Do later').click()
    await page.waitForURL(/getting-started\/number$/)
    await settled(page)
    await button(page, 'Find a number').click()
    await page.locator('.gs-number').waitFor()
    // How its digits are grouped comes a moment later.
    const digits = async (of: Page) => (await textOf(of, '.gs-number')).replaceAll(/\D/g, '')
    const number = await digits(page)
    // Another device, another session.
    const other = await tenant.visit('getting-started')
    await other.waitForURL(/getting-started\/licences$/)
    await other.goto(other.url().replace('licences', 'number'))
    await settled(other)
    await expect.poll(() => digits(other)).toBe(number)
    await expect.poll(() => textOf(other, '.gs-line')).toContain('Location – for later')
    await button(other, 'Back').click()
    await other.waitForURL(/getting-started\/location$/)
    // What somebody does on another page counts here.
    await tenant.locate()
    await other.reload()
    await settled(other)
    await expect.poll(() => textOf(other, '.gs-line')).toContain('Location – done')
  })

  test('two windows: whoever was slower chooses between both', async () => {
    const tenant = await aTenant()
    await tenant.locate()
    const page = await tenant.visit('getting-started/licences')
    await page.getByRole('checkbox', { name: /Maya Tremblay/ }).check()
    const order = await tenant.ask<Row>('POST', '/number-orders', { country: 'CA', type: 'user', quantity: 1 })
    await tenant.ask('PUT', '/getting-started/licences', { userIds: tenant.users.slice(1), orderId: order.id })
    await button(page, 'Next').click()
    const dialog = page.getByRole('alertdialog')
    await dialog.getByText('This step was changed in another window').waitFor()
    await expectNoAxeViolations(page)
    await dialog.getByRole('button', { name: 'Keep mine' }).click()
    await dialog.waitFor({ state: 'detached' })
    const people = async () =>
      (await tenant.ask<{ licences: { people: { name: string }[] } }>('GET', '/getting-started')).licences.people
    await expect.poll(people).toMatchObject([{ name: 'Maya Tremblay' }])
  })
})

describe('“Done”', () => {
  test('what is refused says why, has its own retry, and nothing else is undone', async () => {
    const tenant = await aTenant('CA', { licences: 2 })
    await tenant.chooseAll()
    const hugo = await tenant.ask<Row>('POST', '/users', { name: 'Hugo Roy', usageLocation: 'CA' })
    await tenant.ask('PUT', `/users/${hugo.id}/licences/voice-with-calling-plan`)
    const page = await tenant.visit('getting-started/finish')
    await button(page, 'Done').click()
    await page.getByText('One thing was refused; the rest is set up.').waitFor()
    const failed = page.locator('.gs-progress li[data-state=failed]')
    await expect.poll(() => failed.count()).toBe(1)
    await expect.poll(() => failed.textContent()).toContain('Liam Roy')
    await expectNoAxeViolations(page)
    await tenant.ask('POST', '/subscriptions', { sku: 'voice-with-calling-plan', quantity: 1 })
    await failed.getByRole('button', { name: 'Retry' }).click()
    await page.getByText('All of it is set up.').waitFor()
    await button(page, 'To the test call').click()
    await page.waitForURL(/getting-started\/test-call$/)
    await settled(page)
    await button(page, 'Do later').click()
    await page.waitForURL(/\/home$/)
    await expect.poll(() => rail(page).count()).toBe(0)
  })
})

describe('who sees it', () => {
  test('Home counts and leads to the first step that waits; who may only look sees no links', async () => {
    const tenant = await aTenant()
    await tenant.locate()
    const page = await tenant.visit('home')
    const card = page.locator('.h-set-up')
    await card.getByText('1 of 6 done').waitFor()
    await card.getByRole('link', { name: 'Go on setting up' }).click()
    await page.waitForURL(/getting-started\/number$/)
    const reader = await tenant.visit('home', { as: 'read-only' })
    await reader.locator('.h-set-up').getByText('1 of 6 done').waitFor()
    await expect.poll(() => reader.locator('.h-set-up a').count()).toBe(0)
    const gone = await tenant.visit('getting-started/number', { as: 'read-only' })
    await expect.poll(() => gone.locator('.gs-step').count()).toBe(0)
  })

  test('L4: without plan it says where to go instead, and where nothing is sold, that', async () => {
    const tenant = await aTenant('FR', { licences: 0, people: [] })
    const page = await tenant.visit('getting-started')
    await page.getByText('Voice in France comes through a partner').waitFor()
    await page.getByRole('link', { name: 'Ask a partner' }).waitFor()
    await expect.poll(() => rail(page).count()).toBe(0)
    await expectNoAxeViolations(page)
    const none = await aTenant('TD', { licences: 0, people: [] })
    const other = await none.visit('getting-started')
    await other.getByText('Not available in Chad').waitFor()
  })
})

describe('every step', () => {
  test('in French on a phone nothing reaches out of the window; in the disguise nothing is left unsaid; by machine accessible', async () => {
    const tenant = await aTenant()
    await tenant.chooseAll()
    for (const step of SET_UP_STEPS) {
      const page = await tenant.visit(`getting-started/${step}`, { lang: 'fr', theme: 'dark', width: 390 })
      await expectNoSidewaysScroll(page)
      await expectNoAxeViolations(page)
      await page.close()
      const disguised = await tenant.visit(`getting-started/${step}`, { lang: 'qps' })
      await expectNoHardCodedText(disguised)
      await disguised.close()
    }
  })
})
