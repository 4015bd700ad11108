/** The made-up year as a file of another system: the documented export of the usage report, a line a call, with real countries' numbers. */

import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { getCountries, getExampleNumber } from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'
import type { AdviceInput } from '../src/core/advice/types.ts'
import { NO_USER } from '../src/core/advice/types.ts'

const HOME: Readonly<Record<string, string>> = { CA: '+14165550', US: '+12125550', GB: '+442079460' }
const HEADER =
  'UsageId,Call ID,Conference ID,User Location,AAD ObjectId,UPN,User Display Name,Caller ID,Call Type,Number Type,Domestic/International,Destination Dialed,Destination Number,Start Time,End Time,Duration Seconds,Connection Fee,Charge,Currency,Capability\n'

/** One number of each country abroad; its last four digits are drawn by call. */
function abroadNumbers(): string[] {
  return getCountries().flatMap((country) => {
    if (country in HOME) return []
    const number = getExampleNumber(country, examples)?.number
    return number === undefined ? [] : [number.slice(0, -4)]
  })
}

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0')

/** Writes `calls` lines and resolves when the file is complete. */
export async function writeUsageExport(path: string, { calls, users, targets }: AdviceInput): Promise<void> {
  const out = createWriteStream(path)
  out.write(HEADER)
  const abroad = abroadNumbers()
  const order = Uint32Array.from({ length: calls.length }, (_, index) => index)
  order.sort((a, b) => (calls.answeredAt[a] ?? 0) - (calls.answeredAt[b] ?? 0))
  let block = ''
  for (const [line, i] of order.entries()) {
    const user = calls.user[i] ?? NO_USER
    const location = users[user]?.location ?? 'CA'
    const target = calls.target[i] ?? 0
    const domestic = HOME[targets[target]?.country ?? '']
    const drawn = (Math.imul(i + 1, 2_654_435_761) >>> 0) % 10_000
    const stem = domestic ?? abroad[(target * 7) % abroad.length] ?? '+33140000'
    const number = domestic === undefined ? stem + pad(drawn, 4) : domestic + pad(drawn % 1000, 3)
    const at = (calls.answeredAt[i] ?? 0) * 1000
    const seconds = calls.seconds[i] ?? 0
    block += `${pad(line, 8)}-0000-4000-8000-000000000000,${line},,${location},,person${user}@bench.example,Person ${user},${HOME[location]}${pad(
      user % 1000,
      3,
    )},user_out,Subscriber,${domestic === undefined ? 'International' : 'Domestic'},,${number},${new Date(at).toISOString()},${new Date(
      at + seconds * 1000,
    ).toISOString()},${seconds},0.00,0.00,CAD,MCOPSTN1\n`
    if (block.length > 1 << 20) {
      if (!out.write(block)) await once(out, 'drain')
      block = ''
    }
  }
  out.end(block)
  await once(out, 'close')
}
