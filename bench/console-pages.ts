/**
 * What pages ask when they are opened: Chromium opens each page of the page table, some of them with filters in the address, and every
 * request to the API is written down. So no list here can forget one. Optionally scrolls the long tables and measures frames.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

export interface Asked {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly body: string | null
  /** The pages that asked. */
  readonly pages: Set<string>
}

interface Entry {
  readonly area: 'tenant' | 'partner' | 'operator' | 'me'
  readonly paths: readonly [string, ...string[]]
}

/** What fills the parameters of addresses, and the addresses with filters. */
export interface Places {
  readonly tenant: string
  readonly user: string
  readonly call: string
  readonly month: string
  readonly webhook: string
}

/** Addresses of one page: as the rail opens it, with parameters, and with what people filter by. */
function addressesOf({ area, paths }: Entry, places: Places): string[] {
  const parameters: Readonly<Record<string, string>> = {
    $usr: places.user,
    $call: places.call,
    $month: places.month,
    $webhook: places.webhook,
    $pool: 'CA-domestic',
    $tab: 'licences',
  }
  const root = area === 'tenant' ? `/t/${places.tenant}/` : area === 'me' ? '/me/' : `/${area}/`
  const plain = paths.flatMap((path) => {
    const filled = path.replaceAll(/\$\w+/g, (name) => parameters[name] ?? name)
    return filled.includes('$') ? [] : [root + filled]
  })
  const more = area === 'tenant' ? (FILTERED[paths[0]] ?? []) : []
  return [...plain, ...more.map((rest) => (rest.startsWith('?') ? `${plain[0] ?? ''}${rest}` : root + rest))].map(
    (path) => path.replaceAll('$usr', places.user).replaceAll('$month', places.month),
  )
}

/** By the first path of a page. */
const FILTERED: Readonly<Record<string, readonly string[]>> = {
  users: ['?q=zo%C3%A9', '?q=%2B14165004242', '?country=US', '?licence=international-calling-plan', '?canCall=yes'],
  'users/$usr': ['users/$usr/calls', 'users/$usr/numbers', 'users/$usr/policy', 'users/$usr/history'],
  calls: [
    '?period=today',
    '?period=28',
    '?period=last',
    '?user=$usr',
    '?number=%2B442071',
    '?number=%2B1613',
    '?kind=international',
    '?direction=in',
    '?fund=credits',
    '?result=refused',
    '?outcome=no-answer',
    '?min=4',
    '?charged=yes',
    '?period=28&fund=international&min=3',
    '?user=$usr&kind=international&charged=yes',
  ],
  'billing/pools': ['billing/pools/CA-international', 'billing/pools/US-domestic'],
  'billing/credits': ['?type=call', '?type=recharge', '?user=$usr', '?date=month'],
  'billing/rates': ['?to=%2B442079460123', '?to=%2B14165550199'],
  'reports/usage': ['?days=7', '?days=91', '?days=28&name=tremblay', '?days=28&callType=user_out', '?way=trunk'],
  'settings/audit': [
    '?action=licence',
    '?actor=helpdesk%40bench.example',
    '?from=2026-01-01&to=2026-12-31',
    '?subject=$usr',
  ],
}

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const FLAGS = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
]

export interface Walk {
  readonly asked: readonly Asked[]
  readonly pages: number
  readonly frames: readonly Frames[]
}

/** How smoothly a long table scrolls. */
export interface Frames {
  readonly page: string
  readonly rows: number
  readonly frames: number
  readonly p95Ms: number
  readonly longestMs: number
  readonly longTasks: number
}

/** Opens all pages with this cookie and writes down what they ask. */
export async function walk(
  url: string,
  cookie: { readonly name: string; readonly value: string },
  places: Places,
  log: (line: string) => void,
): Promise<Walk> {
  const { PAGES } = (await import(new URL('../src/admin/pages.ts', import.meta.url).href)) as {
    PAGES: readonly Entry[]
  }
  const addresses = [
    ...PAGES.flatMap((entry) => addressesOf(entry, places)),
    '/account',
    '/account/security',
    '/what-to-buy',
  ]
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  try {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'en-GB',
      timezoneId: 'America/Toronto',
    })
    await context.addCookies([{ ...cookie, url, httpOnly: true, sameSite: 'Lax' }])
    const asked = new Map<string, Asked>()
    for (const address of addresses) await open(context, url, address, asked)
    await search(context, url, places, asked)
    log(`${addresses.length} addresses opened, ${asked.size} different requests`)
    const frames = await scrollTables(browser, context, url, places)
    return { asked: [...asked.values()], pages: addresses.length, frames }
  } finally {
    await browser.close()
  }
}

function listen(page: Page, url: string, address: string, asked: Map<string, Asked>): void {
  page.on('request', (request) => {
    const path = request.url().startsWith(url) ? request.url().slice(url.length) : ''
    if (!path.startsWith('/v1/') || /\/live(\?|$)/.test(path)) return
    const body = request.postData()
    const key = `${request.method()} ${path} ${body ?? ''}`
    const known = asked.get(key) ?? { method: request.method(), path, body, pages: new Set() }
    known.pages.add(address)
    asked.set(key, known)
  })
}

async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor({ timeout: 30_000 })
  await page.locator('.k-skeleton, [aria-busy=true]').first().waitFor({ state: 'detached', timeout: 60_000 })
  // What is asked when the first answers are there.
  await sleep(400)
}

async function open(context: BrowserContext, url: string, address: string, asked: Map<string, Asked>): Promise<void> {
  const page = await context.newPage()
  listen(page, url, address.split('?')[0] ?? address, asked)
  await page.goto(url + address)
  await settled(page)
  await page.close()
}

/** ⌘K: what the palette asks for names, numbers and ids. */
async function search(context: BrowserContext, url: string, places: Places, asked: Map<string, Asked>): Promise<void> {
  const page = await context.newPage()
  listen(page, url, '⌘K', asked)
  await page.goto(`${url}/t/${places.tenant}/home`)
  await settled(page)
  for (const text of ['tremblay', '5004242', '+442071838750', places.call, places.user]) {
    await page.keyboard.press('Control+k')
    await page.keyboard.type(text)
    await sleep(1_200)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
  }
  await page.close()
}

/** Scrolls by steps of a wheel, one a frame, down and up again, and times the frames. Text, since it runs in the page. */
const SCROLL = `new Promise((resolve) => {
  const tasks = []
  new PerformanceObserver((list) => tasks.push(...list.getEntries())).observe({ type: 'longtask' })
  const inside = [...document.querySelectorAll('*')].filter((one) => one.scrollHeight > one.clientHeight + 200 &&
    /auto|scroll/.test(getComputedStyle(one).overflowY)).sort((a, b) => b.scrollHeight - a.scrollHeight)[0] ?? document.scrollingElement
  const times = []
  let last = performance.now()
  const step = (now) => {
    times.push(now - last)
    last = now
    inside.scrollTop += times.length < 300 ? 90 : -90
    if (times.length < 600) requestAnimationFrame(step)
    else resolve({ times: times.slice(5), longTasks: tasks.length, rows: document.querySelectorAll('main tbody tr, main [role=row]').length })
  }
  requestAnimationFrame(step)
})`

/** A list as long as somebody makes it who looks for something: some hundred rows, of which the page keeps only those that are seen. */
async function showMore(page: Page): Promise<void> {
  for (let more = 0; more < 9; more++) {
    const button = page.locator('.k-more button')
    if ((await button.count()) === 0) return
    const answered = page.waitForResponse((answer) => answer.url().includes('cursor='))
    await button.click()
    await answered
    await sleep(100)
  }
  await page.evaluate('scrollTo(0, 0)')
}

async function scrollTables(browser: Browser, context: BrowserContext, url: string, places: Places): Promise<Frames[]> {
  const found: Frames[] = []
  for (const name of ['users', 'calls']) {
    if (!browser.isConnected()) break
    const page = await context.newPage()
    await page.goto(`${url}/t/${places.tenant}/${name}`)
    await settled(page)
    await showMore(page)
    const measured = await page.evaluate<{ times: number[]; longTasks: number; rows: number }>(SCROLL)
    const times = measured.times.toSorted((a, b) => a - b)
    const at = (q: number): number =>
      Math.round((times[Math.min(times.length - 1, Math.floor(times.length * q))] ?? 0) * 10) / 10
    found.push({
      page: name,
      rows: measured.rows,
      frames: times.length,
      p95Ms: at(0.95),
      longestMs: at(1),
      longTasks: measured.longTasks,
    })
    await page.close()
  }
  return found
}
