/**
 * "What do I need to buy?": a year of calls, 1,000 people in three countries. Prints JSON lines: the proven optimum at normal calling, and
 * how near the search comes at three times as much calling abroad, where pools run out every month.
 * `npm run bench -- advice [--json] [--calls N] [--seconds N]`
 */
import { parseArgs } from 'node:util'
import { runAdvice } from '../src/advice/run.ts'
import { DEFAULT_ADVICE_OPTIONS } from '../src/core/advice/rules.ts'
import { formatMicros } from '../src/core/money.ts'
import { makeHistory } from './advice-history.ts'

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    calls: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '60' },
  },
})
const calls = Number(values.calls)
const seconds = Number(values.seconds)

const megabytes = (bytes: number): number => Math.round(bytes / 1e6)

async function measure(name: string, abroad: number, planPrice: number, extras: boolean): Promise<void> {
  const made = makeHistory({ users: 1000, calls, seed: 1, abroad, licencePrice: 20, planPrice })
  const input = { ...made, options: { ...DEFAULT_ADVICE_OPTIONS, extras } }
  const before = process.memoryUsage().rss
  const began = performance.now()
  const { advice } = await runAdvice(input, { deadlineMs: seconds * 1000 })
  const ms = Math.round(performance.now() - began)
  // Beside the plans and credits abroad: licences would make any gap look small.
  const abroadCost = advice.costs.international + advice.costs.abroad
  const gap = Number(advice.gap) / Math.max(1, Number(abroadCost))
  const figures = {
    name,
    calls: input.calls.length,
    ms,
    status: advice.status,
    gapPercentOfAbroad: Math.round(gap * 1e6) / 1e4,
    total: formatMicros(advice.costs.total),
    holders: advice.countries.map(({ country, basket, method }) => `${country} ${basket.holders.length} ${method}`),
    rssBeforeMb: megabytes(before),
    rssMaxMb: Math.round(process.resourceUsage().maxRSS / 1000),
  }
  console.log(values.json ? JSON.stringify(figures) : figures)
}

await measure('a year', 1, 12, false)
await measure('a year with sensitivity, back-test and hindsight', 1, 12, true)
await measure('three times the calling abroad', 3, 60, false)
