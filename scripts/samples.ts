/**
 * Writes the call histories of `samples/`, with which anybody can try `npm run ringfence -- advise`: invented people, numbers that
 * regulators keep for fiction, the same files each time. A test compares what lies there with what this makes.
 *
 *   npx tsx scripts/samples.ts
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { strToU8, zipSync } from 'fflate'
import { packageRoot } from '../src/paths.ts'

/** mulberry32: small, and the same everywhere. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const DAY = 86_400
const TORONTO_HOURS = 4
const two = (value: number): string => String(value).padStart(2, '0')

/** Kept for fiction by the authorities of the +1 area, of the United Kingdom, France and Germany. */
const FICTION = {
  toronto: (n: number) => `+1416555${two(1)}${two(n % 100)}`,
  montreal: (n: number) => `+1514555${two(1)}${two(n % 100)}`,
  newYork: (n: number) => `+1212555${two(1)}${two(n % 100)}`,
  london: (n: number) => `+442079460${String(n % 1000).padStart(3, '0')}`,
  paris: (n: number) => `+33199000${String(n % 1000).padStart(3, '0')}`,
  berlin: (n: number) => `+493023125${String(n % 1000).padStart(3, '0')}`,
} as const

const USAGE_HEADER =
  'UsageId,Call ID,Conference ID,User Location,AAD ObjectId,UPN,User Display Name,Caller ID,Call Type,Number Type,Domestic/International,Destination Dialed,Destination Number,Start Time,End Time,Duration Seconds,Connection Fee,Charge,Currency,Capability'

interface Person {
  readonly name: string
  readonly location: 'CA' | 'GB'
  readonly callsADay: number
  /** Share of calls that go abroad, and where to. */
  readonly abroad: number
  readonly to: readonly (keyof typeof FICTION)[]
}

const PEOPLE: readonly Person[] = [
  { name: 'Maya', location: 'CA', callsADay: 9, abroad: 0.45, to: ['london', 'paris'] },
  { name: 'Liam', location: 'CA', callsADay: 7, abroad: 0.02, to: ['london'] },
  { name: 'Zoé', location: 'CA', callsADay: 6, abroad: 0.3, to: ['paris'] },
  { name: 'Noah', location: 'CA', callsADay: 5, abroad: 0.05, to: ['berlin'] },
  { name: 'Isla', location: 'CA', callsADay: 3, abroad: 0, to: [] },
  { name: 'Hugo', location: 'CA', callsADay: 4, abroad: 0.6, to: ['berlin', 'london'] },
  { name: 'Ella', location: 'GB', callsADay: 8, abroad: 0.2, to: ['toronto', 'paris'] },
  { name: 'Theo', location: 'GB', callsADay: 5, abroad: 0, to: [] },
]

const COUNTRY_OF: Readonly<Record<keyof typeof FICTION, string>> = {
  toronto: 'CA',
  montreal: 'CA',
  newYork: 'US',
  london: 'GB',
  paris: 'FR',
  berlin: 'DE',
}

/** Four whole months of the usage report's export (facts §13.3). */
export function usageExport(): string {
  const random = randomOf(20_260_701)
  const start = Date.UTC(2026, 6, 1, TORONTO_HOURS) / 1000
  const end = Date.UTC(2026, 10, 1, TORONTO_HOURS) / 1000
  const rows: { at: number; line: string }[] = []
  let id = 0
  for (let day = start; day < end; day += DAY) {
    const weekday = new Date(day * 1000).getUTCDay()
    const rhythm = weekday === 0 || weekday === 6 ? 0.06 : weekday === 5 ? 0.85 : 1
    for (const [index, person] of PEOPLE.entries()) {
      const expected = person.callsADay * rhythm * (0.6 + random() * 0.8)
      const calls = Math.floor(expected) + (random() < expected % 1 ? 1 : 0)
      for (let call = 0; call < calls; call++) {
        const isAbroad = random() < person.abroad
        const home = person.location === 'GB' ? (['london'] as const) : (['toronto', 'montreal', 'newYork'] as const)
        const places = isAbroad ? person.to : home
        const place = places[Math.floor(random() * places.length)] ?? home[0]
        const seconds = Math.ceil(Math.exp(4.6 + (random() + random() + random() - 1.5) * 1.6))
        const at = day + 5 * 3600 + Math.floor(random() * 9 * 3600)
        const time = (second: number): string => `${new Date(second * 1000).toISOString().slice(0, 19)}.000Z`
        const uuid = `${String(++id).padStart(8, '0')}-0000-4000-8000-000000000000`
        const upn = `${person.name
          .normalize('NFD')
          .replaceAll(/[^A-Za-z]/g, '')
          .toLowerCase()}@contoso.example`
        const number = FICTION[place](Math.floor(random() * 40))
        const caller = person.location === 'GB' ? FICTION.london(900 + index) : FICTION.toronto(80 + index)
        const scope = COUNTRY_OF[place] === person.location || COUNTRY_OF[place] === 'US' ? 'Domestic' : 'International'
        rows.push({
          at,
          line: `${uuid},${id},,${person.location},00000000-0000-4000-8000-00000000000${index},${upn},${person.name},${caller},user_out,Subscriber,${scope},${COUNTRY_OF[place]},${number},${time(at)},${time(at + seconds)},${seconds},0.00,0.00,CAD,MCOPSTN1`,
        })
      }
    }
  }
  rows.sort((a, b) => a.at - b.at)
  return `${[USAGE_HEADER, ...rows.map(({ line }) => line)].join('\r\n')}\r\n`
}

/** L1's worked case as an Asterisk logs it: ten in the factory call colleagues, five in the office call suppliers. */
export function asteriskMaster(): string {
  const random = randomOf(10_005)
  const lines: string[] = []
  for (let day = 1; day <= 31; day++) {
    const weekday = new Date(Date.UTC(2026, 9, day)).getUTCDay()
    if (weekday === 0 || weekday === 6) continue
    for (let extension = 201; extension <= 215; extension++) {
      const isOffice = extension > 210
      for (let call = 0; call < (isOffice ? 4 : 2); call++) {
        const dialled =
          isOffice && call > 0
            ? `9${FICTION.toronto(Math.floor(random() * 30)).slice(2)}`
            : `${201 + Math.floor(random() * 15)}`
        const seconds = random() < 0.15 ? 0 : 20 + Math.floor(random() * 280)
        const minute = 9 * 60 + Math.floor(random() * 480)
        const stamp = (second: number): string => {
          const at = minute * 60 + second
          return `2026-10-${two(day)} ${two(Math.floor(at / 3600))}:${two(Math.floor(at / 60) % 60)}:${two(at % 60)}`
        }
        const [answer, outcome] = seconds > 0 ? [`"${stamp(6)}"`, 'ANSWERED'] : ['', 'NO ANSWER']
        lines.push(
          `"","${extension}","${dialled}","from-internal","""Desk ${extension}"" <${extension}>","PJSIP/${extension}-1","PJSIP/out-2","Dial","PJSIP/${dialled}@out","${stamp(0)}",${answer},"${stamp(6 + seconds)}",${6 + seconds},${seconds},"${outcome}","DOCUMENTATION","${day}.${extension}.${call}",""`,
        )
      }
    }
  }
  return `${lines.join('\n')}\n`
}

/** As the report hands it out: zipped, with a file beside it that is none of ours (facts §13.3). */
function usageExportZip(): Uint8Array {
  const parameters = JSON.stringify({ startDateTime: '2026-07-01', endDateTime: '2026-10-31' })
  const files = { 'PSTN.calls.2026-11-01.csv': strToU8(usageExport()), 'parameters.json': strToU8(parameters) }
  // The earliest time that a zip can tell: the same bytes in every zone.
  return zipSync(files, { mtime: new Date(1980, 0, 1, 12), level: 9 })
}

export const SAMPLES: Readonly<Record<string, () => Uint8Array>> = {
  'Calls.Export.zip': usageExportZip,
  'asterisk-Master.csv': () => strToU8(asteriskMaster()),
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(packageRoot, 'samples')
  mkdirSync(folder, { recursive: true })
  for (const [name, make] of Object.entries(SAMPLES)) writeFileSync(join(folder, name), make())
}
