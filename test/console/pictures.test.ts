/** The signature pictures: their arithmetic, and what they are in a browser (keyboard, narrow, dark, high contrast, axe). */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import react from '@vitejs/plugin-react'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { layoutBalance, moneyTicks } from '../../src/admin/pictures/layout/balance.ts'
import { layoutBaskets } from '../../src/admin/pictures/layout/baskets.ts'
import { type BurnDownData, layoutBurnDown } from '../../src/admin/pictures/layout/burn-down.ts'
import { placeLabels } from '../../src/admin/pictures/layout/labels.ts'
import { layoutLots, SHORTEST_LOT } from '../../src/admin/pictures/layout/lots.ts'
import { clockSeconds, monthScale, secondStep } from '../../src/admin/pictures/layout/scale.ts'
import {
  layoutTimeline,
  segmentAt,
  type TimelineData,
  timelineStops,
} from '../../src/admin/pictures/layout/timeline.ts'
import { packageRoot } from '../../src/paths.ts'

const measure = (text: string): number => text.length * 7

describe('scales', () => {
  test('seconds as people write them', () => {
    expect([0, 59.9, 480, 3729, -1].map(clockSeconds)).toEqual(['0:00', '0:59', '8:00', '1:02:09', '0:00'])
  })

  test('an axis of seconds has at most 12 round steps, fewer where a word needs the room', () => {
    expect(secondStep(480, 900, 44)).toBe(60)
    expect(secondStep(480, 300, 44, 6)).toBe(120)
    expect(secondStep(40, 900, 44)).toBe(10)
    for (const seconds of [1, 100, 3599, 36_000, 400_000]) {
      const step = secondStep(seconds, 900, 44)
      expect(seconds / step).toBeLessThanOrEqual(12)
    }
  })

  test('days are equally wide, a day of 23 hours too', () => {
    const hour = 3_600_000
    const x = monthScale([0, 24 * hour, 47 * hour, 71 * hour], 0, 300)
    expect([0, 24 * hour, 47 * hour, 71 * hour].map(x)).toEqual([0, 100, 200, 300])
    expect(x(35.5 * hour)).toBe(150)
    expect([x(-1), x(99 * hour)]).toEqual([0, 300])
  })
})

describe('a balance', () => {
  test('round amounts on the axis, from below the least to above the most', () => {
    expect(moneyTicks(0, 100)).toEqual([0, 25, 50, 75, 100])
    expect(moneyTicks(-12, 30)).toEqual([-20, 0, 20, 40])
    expect(moneyTicks(0, 0)).toEqual([0, 0.25])
    for (const high of [0.3, 7, 96.65, 12_345]) expect(moneyTicks(0, high).at(-1)).toBeGreaterThanOrEqual(high)
  })

  test('the line ends at today, the cone begins there, and neither leaves the picture', () => {
    const point = { low80: -5, low50: 10, middle: 20, high50: 30, high80: 40 }
    const layout = layoutBalance(
      {
        days: [{ balance: 0 }, { balance: 80, cameIn: 'recharge' }, { balance: 50 }],
        forecast: [point, point],
        threshold: 20,
        nowLabel: 'CA$50.00 now',
        thresholdLabel: 'recharge below CA$20.00',
      },
      { width: 600, height: 240, dayLabel: (day) => `day ${day}`, valueLabel: (value) => `CA$${value}` },
      measure,
    )
    const { plot, current, marks, y, dayX } = layout
    expect(current).toEqual({ x: dayX(2), y: y(50) })
    expect(layout.middle.startsWith(`M${Math.round(current.x * 10) / 10} ${Math.round(current.y * 10) / 10}`)).toBe(
      true,
    )
    expect(marks).toEqual([{ day: 1, x: dayX(1), y: y(80), kind: 'recharge' }])
    for (const value of [-5, 0, 80]) {
      expect(y(value)).toBeGreaterThanOrEqual(plot.top)
      expect(y(value)).toBeLessThanOrEqual(plot.bottom)
    }
    expect(layout.names.map(({ day }) => day)).toContain(2)
  })
})

describe('labels', () => {
  const box = ({ x, anchor }: { x: number; anchor: string }, width: number): [number, number] =>
    anchor === 'start' ? [x, x + width] : [x - width, x]

  test('none touches another and none leaves the picture', () => {
    const items = [0, 40, 70, 75, 80, 300, 395].map((x) => ({ x, width: 60 }))
    const placed = placeLabels(items, { min: 0, max: 400, gap: 8 })
    expect(placed).toHaveLength(items.length)
    const boxes = placed.map((place, index) => ({ row: place.row, box: box(place, items[index]?.width ?? 0) }))
    for (const [index, one] of boxes.entries()) {
      expect(one.box[0]).toBeGreaterThanOrEqual(0)
      expect(one.box[1]).toBeLessThanOrEqual(400)
      for (const other of boxes.slice(index + 1).filter(({ row }) => row === one.row))
        expect(other.box[0] - one.box[1] >= 8 || one.box[0] - other.box[1] >= 8).toBe(true)
    }
  })

  test('the one before the last steps aside for it: both stay in the first row', () => {
    const placed = placeLabels(
      [
        { x: 300, width: 70 },
        { x: 340, width: 60 },
      ],
      { min: 0, max: 400, gap: 8 },
    )
    expect(placed.map(({ anchor, row }) => [anchor, row])).toEqual([
      ['end', 0],
      ['start', 0],
    ])
  })

  test('one that is wider than the picture still has a place', () => {
    expect(placeLabels([{ x: 50, width: 900 }], { min: 0, max: 400, gap: 8 })).toHaveLength(1)
  })
})

const call: TimelineData = {
  duration: 480,
  ringing: { label: 'rang 11 s' },
  segments: [
    { id: 'addon', fund: 'addon', from: 0, to: 120, label: 'International plan', sub: '2:00' },
    { id: 'credits', fund: 'credits', from: 120, to: 480, label: 'Credits', sub: '6:00' },
  ],
  grants: {
    label: 'Granted ahead',
    lastLabel: 'last',
    grants: [0, 60, 120, 180, 240, 300, 360, 420].map((from) => ({
      askedAt: Math.max(0, from - 5),
      from,
      to: from + 60,
      fund: from < 120 ? ('addon' as const) : ('credits' as const),
    })),
  },
  warning: { at: 450 },
  end: { kind: 'cut', label: 'Cut', sub: '8:00' },
  events: [
    { id: 'cut', at: 480, clock: '09:20:15', label: 'cut' },
    { id: 'answered', at: 0, clock: '09:12:15', label: 'answered' },
  ],
}

describe('the timeline of a call', () => {
  test('seconds are linear: 120 of 480 take a quarter of the bar', () => {
    const { x, second, bar } = layoutTimeline(call, 1100, measure)
    expect(x(120) - bar.left).toBeCloseTo((bar.right - bar.left) / 4)
    expect(second(x(333))).toBeCloseTo(333)
  })

  test('labels stand above where each has room, else all below; on phones below', () => {
    expect(layoutTimeline(call, 1100, measure).labels).toBe('above')
    expect(layoutTimeline(call, 390, measure).labels).toBe('list')
    const short = {
      ...call,
      segments: call.segments.map((one, index) => (index === 0 ? { ...one, to: 5 } : { ...one, from: 5 })),
    }
    expect(layoutTimeline(short, 1100, measure).labels).toBe('list')
  })

  test('words right of the post and left of the bar have their room', () => {
    const wide = layoutTimeline({ ...call, end: { kind: 'cut', label: 'x'.repeat(30), sub: '' } }, 1100, measure)
    expect(wide.bar.right + 16 + 210).toBeLessThanOrEqual(1100)
    expect(wide.bar.left).toBeGreaterThanOrEqual(measure('Granted ahead'))
  })

  test('a live call ends its axis at a round second, so that it does not creep', () => {
    const live = (duration: number, until: number): number =>
      layoutTimeline(
        { duration, segments: call.segments, secured: { until, fund: 'pool', label: 'Secured', sub: '' } },
        1100,
        measure,
      ).scaleEnd
    expect([live(184, 240), live(200, 240), live(241, 301)]).toEqual([240, 240, 600])
  })

  test('what ran on after the end is on the axis and no segment', () => {
    const { scaleEnd, segments } = layoutTimeline({ ...call, tail: { seconds: 3, label: '' } }, 1100, measure)
    expect([scaleEnd, segments.length]).toEqual([483, 2])
  })

  test('eight hours of grants are few pills, and none is lost', () => {
    const grants = Array.from({ length: 480 }, (_, index) => ({
      askedAt: index * 60,
      from: index * 60,
      to: index * 60 + 60,
      fund: 'pool' as const,
    }))
    const long: TimelineData = {
      duration: 28_800,
      segments: [{ id: 'pool', fund: 'pool', from: 0, to: 28_800, label: 'Pool', sub: '' }],
      grants: { label: 'Granted ahead', grants },
    }
    const { lane, x } = layoutTimeline(long, 1100, measure)
    expect(lane?.pills.length).toBeLessThan(200)
    const end = lane?.pills.at(-1)
    expect((end?.x ?? 0) + (end?.width ?? 0)).toBeCloseTo(x(28_800) - 2)
  })

  test('refused and unanswered calls have no bar and no axis', () => {
    const refused = layoutTimeline(
      { duration: 0, segments: [], end: { kind: 'refused', label: 'No', sub: '' } },
      1100,
      measure,
    )
    expect([refused.segments, refused.ticks, refused.lane]).toEqual([[], [], null])
    expect(refused.bar.left).toBe(refused.bar.right)
  })

  test('arrow keys stop at the edges and the events, each once', () => {
    expect(timelineStops(call)).toEqual([0, 120, 450, 480])
    expect([0, 119.9, 120, 480].map((second) => segmentAt(call.segments, second)?.id)).toEqual([
      'addon',
      'addon',
      'credits',
      'credits',
    ])
  })
})

describe('the burn-down of a month', () => {
  const day = 86_400_000
  const month: BurnDownData = {
    midnights: Array.from({ length: 31 }, (_, index) => index * day),
    total: 9000,
    points: [
      { at: 0, left: 9000 },
      { at: 11.4 * day, left: 4285 },
    ],
    now: { at: 11.4 * day, label: 'now' },
    forecast: [11.4, 20, 23, 26].map((at, index) => {
      const middle = [4285, 1800, 0, 0][index] ?? 0
      return {
        at: at * day,
        low80: middle * 0.8,
        low50: middle * 0.9,
        middle,
        high50: middle * 1.1,
        high80: middle * 1.2,
      }
    }),
    dry: { from: 19 * day, at: 23 * day, to: 26 * day, label: 'Runs out Mon 23 Nov' },
    leftLabel: '4,285 left',
  }
  const frame = {
    width: 1100,
    height: 330,
    compact: false,
    dayLabel: (index: number) => String(index + 1),
    valueLabel: (value: number) => String(value),
  }

  test('the axis begins at 0 and ends at the total, whatever was used', () => {
    const { y, plot, grid } = layoutBurnDown(month, frame, measure)
    expect([y(0), y(9000)]).toEqual([plot.bottom, plot.top])
    expect(grid.map(({ value }) => value)).toEqual([0, 2250, 4500, 6750, 9000])
  })

  test('the middle of the forecast starts where the line ends, and stops at the post', () => {
    const { middle, current, dry, plot } = layoutBurnDown(month, frame, measure)
    const numbers = [...middle.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)])
    expect(numbers[0]?.[0]).toBeCloseTo(current?.x ?? 0, 0)
    expect(numbers.at(-1)).toEqual([expect.closeTo(dry?.at ?? 0, 0), expect.closeTo(plot.bottom, 0)])
  })

  test('the first and the last day are named; no name touches the next', () => {
    for (const width of [320, 390, 560, 800, 1100]) {
      const { days } = layoutBurnDown(month, { ...frame, width, dayLabel: (index) => `${index + 1} nov.` }, measure)
      expect([days[0]?.day, days.at(-1)?.day]).toEqual([0, 29])
      for (const [index, { x, day: named }] of days.entries()) {
        const next = days[index + 1]
        if (next)
          expect(next.x - x).toBeGreaterThanOrEqual(
            (measure(`${named + 1} nov.`) + measure(`${next.day + 1} nov.`)) / 2,
          )
      }
    }
  })

  test('the words of the post lie above the even pace', () => {
    const { dryText, plot } = layoutBurnDown(month, frame, measure)
    const left = dryText?.anchor === 'start' ? dryText.x : (dryText?.x ?? 0) - measure('Runs out Mon 23 Nov')
    const pace = plot.top + ((left - plot.left) / (plot.right - plot.left)) * (plot.bottom - plot.top)
    expect((dryText?.y ?? 0) + 18).toBeLessThan(pace)
  })

  test('a month without calls, forecast or now draws nothing false', () => {
    const empty = layoutBurnDown({ midnights: month.midnights, total: 0, points: [], leftLabel: '' }, frame, measure)
    expect([empty.actual, empty.area, empty.band80, empty.middle, empty.current, empty.nowX]).toEqual([
      '',
      '',
      '',
      '',
      null,
      null,
    ])
  })
})

describe('the wallet and the baskets', () => {
  const lot = (id: string, amount: bigint) => ({ id, amount, label: 'CA$34.27', expiry: '12 Jan' })

  test('lots are as wide as their money, none under 28 px, all of the width', () => {
    const places = layoutLots([lot('a', 1n), lot('b', 50_000_000n), lot('c', 100_000_000n)], 0n, 360, () => 60)
    const [a, b, c] = places.map(({ width }) => width)
    expect(a).toBe(SHORTEST_LOT)
    expect((c ?? 0) / (b ?? 1)).toBeCloseTo(2)
    expect(places.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(360 - 6)
    expect(places.map(({ hasLabel }) => hasLabel)).toEqual([false, true, true])
  })

  test('more lots than 28 px each share the width', () => {
    const places = layoutLots(
      Array.from({ length: 40 }, (_, index) => lot(String(index), 10n)),
      0n,
      360,
      () => 60,
    )
    expect(places.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(360 - 3 * 39)
  })

  test('W2: holds lie on the money that will be spent first, over several lots', () => {
    const places = layoutLots([lot('a', 10n), lot('b', 30n), lot('c', 30n)], 25n, 706, () => 0)
    expect(places.map(({ held, width }) => Math.round((100 * held) / width))).toEqual([100, 50, 0])
  })

  test('baskets stack from zero on one scale; the bound lies on it', () => {
    const parts = (credits: bigint) => [
      { fund: 'pool' as const, amount: 130n },
      { fund: 'credits' as const, amount: credits },
    ]
    const { rows, bound, barLeft } = layoutBaskets(
      [
        { id: 'a', label: '0', parts: parts(70n), total: 'CA$200' },
        { id: 'b', label: '1', parts: parts(20n), total: 'CA$150', isBest: true },
      ],
      { amount: 150n, label: 'No basket can cost less' },
      800,
      measure,
    )
    const end = rows[1]?.parts.at(-1)
    expect(rows.map(({ parts: [first] }) => first?.x)).toEqual([barLeft, barLeft])
    expect((end?.x ?? 0) + (end?.width ?? 0)).toBeCloseTo(bound?.x ?? 0)
  })
})

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell'
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
}

describe.skipIf(!existsSync(CHROMIUM))('the pictures in a browser', () => {
  const out = mkdtempSync(join(tmpdir(), 'ringfence-pictures-'))
  let server: Server
  let browser: Browser
  let url: string

  beforeAll(async () => {
    await build({
      root: join(packageRoot, 'test/console/pictures'),
      configFile: false,
      plugins: [react()],
      logLevel: 'warn',
      build: { outDir: out, emptyOutDir: true, minify: false },
    })
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost')
      const file = join(out, pathname === '/' ? 'index.html' : pathname)
      if (!existsSync(file)) return response.writeHead(204).end()
      return response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain' }).end(readFileSync(file))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
  })

  afterAll(async () => {
    await browser?.close()
    server?.close()
    rmSync(out, { recursive: true, force: true })
  })

  async function open(
    query: string,
    options: BrowserContextOptions = {},
    awaited = '#cut svg[role=img]',
  ): Promise<{ page: Page; errors: string[] }> {
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options })
    const page = await context.newPage()
    const errors: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text())
    })
    await page.goto(`${url}/?${query}`)
    await page.locator(awaited).waitFor()
    await page.evaluate('document.fonts.ready.then(() => null)')
    return { page, errors }
  }

  const variable = (page: Page, name: string): Promise<string> =>
    page.evaluate(`getComputedStyle(document.documentElement).getPropertyValue('${name}').trim()`)

  test.each([
    ['light', 'en', 1200],
    ['dark', 'fr', 1200],
    ['light', 'fr', 390],
    ['dark', 'en', 390],
    ['contrast', 'fr', 1200],
  ])('%s, %s, %i px: axe finds nothing, no text lies on another or leaves its picture', async (theme, lang, width) => {
    const { page, errors } = await open(`theme=${theme}&lang=${lang}`, { viewport: { width, height: 900 } })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ target }) => target)])).toEqual([])
    await expect.poll(() => page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0)
    await expect.poll(() => page.evaluate('overlappingTexts()')).toEqual([])
    expect(errors).toEqual([])
    await page.context().close()
  })

  test('the keyboard walks along a call, the other parts hear which source, Escape ends it', async () => {
    const { page } = await open('lang=en')
    const slider = page.getByRole('slider', { name: 'Move along the call' })
    await slider.focus()
    await page.keyboard.press('Home')
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('0 s · International plan')
    await expect.poll(() => page.locator('#active').textContent()).toBe('addon')
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('120 s · Credits')
    await expect.poll(() => page.locator('#active').textContent()).toBe('credits')
    await expect.poll(() => page.locator('#cut .pic-tip').textContent()).toBe('120 s · Credits')
    await page.keyboard.press('End')
    await expect.poll(() => slider.getAttribute('aria-valuenow')).toBe('480')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.locator('#active').textContent()).toBe('none')
    await expect.poll(() => page.locator('#cut .pic-tip').count()).toBe(0)
    await page.context().close()
  })

  test('a pointer lights the source under it and dims the others', async () => {
    const { page } = await open('lang=en')
    const slider = page.getByRole('slider', { name: 'Move along the call' })
    const box = await slider.boundingBox()
    if (!box) throw new Error('no slider')
    await page.mouse.move(box.x + box.width * 0.1, box.y + box.height / 2)
    await expect.poll(() => page.locator('#active').textContent()).toBe('addon')
    await expect.poll(() => page.locator('#cut .pic-dim').count()).toBe(1)
    await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2)
    await expect.poll(() => page.locator('#active').textContent()).toBe('credits')
    await page.context().close()
  })

  test('with reduced motion nothing pulses', async () => {
    const { page } = await open('', { reducedMotion: 'reduce' })
    const animations = await page.evaluate('document.getAnimations().length')
    expect(animations).toBe(0)
    await page.context().close()
  })

  test('in high contrast every fund is still told from the others, by its pattern', async () => {
    const { page } = await open('theme=contrast', { forcedColors: 'active' })
    const fills = await Promise.all(
      ['pool', 'addon', 'credits', 'cut'].map((token) => variable(page, `--fund-${token}`)),
    )
    expect(new Set(fills).size).toBe(1)
    const bars = await page
      .locator('#cut .pic-segment path')
      .evaluateAll((paths) => paths.map((path) => path.getAttribute('fill')))
    expect(new Set(bars.map((fill) => fill?.replace(/^url\(#[^-]+-|\)$/g, ''))).size).toBe(2)
    await page.context().close()
  })

  test('paper gets the picture and its table, in the light colours', async () => {
    const { page } = await open('theme=dark')
    await expect.poll(() => page.locator('#cut table').isVisible()).toBe(false)
    await page.emulateMedia({ media: 'print' })
    await expect.poll(() => page.locator('#cut table').isVisible()).toBe(true)
    await expect.poll(() => page.locator('#cut svg[role=img]').isVisible()).toBe(true)
    const pool = await variable(page, '--fund-pool')
    expect(pool.toUpperCase()).toBe('#0F4FA8')
    await page.context().close()
  })

  test('"Show as table" shows the same figures instead of the picture', async () => {
    const { page } = await open('view=table&lang=en', {}, '#cut table')
    await expect.poll(() => page.locator('#cut svg[role=img]').isVisible()).toBe(false)
    await expect
      .poll(() => page.locator('#cut tbody tr').allInnerTexts())
      .toEqual([
        '0:00\t2:00\tInternational plan\t120\t\t0.000000\t0.019000',
        '2:00\t8:00\tCredits\t360\t0.0485\t0.291000\t0.019000',
      ])
    await page.context().close()
  })
})
