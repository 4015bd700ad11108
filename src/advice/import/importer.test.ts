import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { zipSync } from 'fflate'
import { afterAll, describe, expect, test } from 'vitest'
import type { LineVerdict } from '../../core/advice/verdict.ts'
import type { Country } from '../../core/country.ts'
import type { Currency } from '../../core/money.ts'
import { makeRateDeck } from '../../core/rate-deck.ts'
import { parseRateDeckCsv } from '../../core/rate-deck-csv.ts'
import { type Instant, instant, type TimeZone } from '../../core/time.ts'
import { demoRateDeckCsv } from '../../demo/rate-deck.ts'
import { type Import, type ImportOptions, importCalls, UnknownLayout } from './importer.ts'
import { SourceError } from './source.ts'

const folder = mkdtempSync(join(tmpdir(), 'ringfence-import-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const AT: Instant = instant(Date.parse('2026-11-01T00:00:00Z'))
const deck = makeRateDeck(1, parseRateDeckCsv(demoRateDeckCsv()).rows)

let fileCount = 0
function fileOf(content: string | Uint8Array, name = `calls-${++fileCount}.csv`) {
  const path = join(folder, `${++fileCount}-${name}`)
  writeFileSync(path, content)
  return { path, name }
}

async function read(contents: readonly (string | Uint8Array)[], over: Partial<ImportOptions> = {}) {
  const lines: LineVerdict[] = []
  const options: ImportOptions = {
    country: 'CA' as Country,
    timeZone: 'America/Toronto' as TimeZone,
    outsidePrefix: '9',
    dateOrder: null,
    mapping: {},
    deck,
    currency: 'CAD' as Currency,
    at: AT,
    ...over,
  }
  const result = await importCalls(
    contents.map((content) => fileOf(content)),
    options,
    {
      onVerdict: (verdict) => lines.push(verdict),
    },
  )
  return { ...result, lines }
}

const callsOf = ({ calls, users, targets }: Import) =>
  Array.from({ length: calls.length }, (_, i) => ({
    user: users[calls.user[i] ?? 0]?.key,
    at: new Date((calls.answeredAt[i] ?? 0) * 1000).toISOString().slice(0, 19),
    seconds: calls.seconds[i],
    kind: targets[calls.target[i] ?? 0]?.kind,
    country: targets[calls.target[i] ?? 0]?.country,
  }))

const HEADER =
  'UsageId,Call ID,Conference ID,User Location,AAD ObjectId,UPN,User Display Name,Caller ID,Call Type,Number Type,Domestic/International,Destination Dialed,Destination Number,Start Time,End Time,Duration Seconds,Connection Fee,Charge,Currency,Capability'

const usage = (
  id: string,
  over: Partial<{ location: string; upn: string; type: string; number: string; start: string; seconds: string }> = {},
) => {
  const { location, upn, type, number, start, seconds } = {
    location: 'CA',
    upn: 'maya@example.com',
    type: 'user_out',
    number: '+442071838750',
    start: '2026-10-01T13:00:00.000Z',
    seconds: '90',
    ...over,
  }
  return `${id},c,,${location},o,${upn},"Tremblay, Maya",+14165550101,${type},Subscriber,x,x,${number},${start},x,${seconds},0.00,0.00,USD,MCOPSTN1`
}

describe('facts §13.3: the export of the usage report', () => {
  test('calls, users, kinds and countries', async () => {
    const found = await read([
      [
        HEADER,
        usage('1'),
        usage('2', { number: '+15145550199', upn: 'liam@example.com' }),
        usage('3', { number: '+18005550199' }),
        usage('4', { type: 'user_in' }),
        usage('5', { type: 'conf_out' }),
        usage('6', { location: 'GB', upn: 'noah@example.com' }),
      ].join('\r\n'),
    ])
    expect(callsOf(found)).toEqual([
      { user: 'maya@example.com', at: '2026-10-01T13:00:00', seconds: 90, kind: 'international', country: 'GB' },
      { user: 'liam@example.com', at: '2026-10-01T13:00:00', seconds: 90, kind: 'domestic', country: 'CA' },
      { user: 'maya@example.com', at: '2026-10-01T13:00:00', seconds: 90, kind: 'free-out', country: null },
      { user: 'maya@example.com', at: '2026-10-01T13:00:00', seconds: 90, kind: 'inbound', country: null },
      { user: 'noah@example.com', at: '2026-10-01T13:00:00', seconds: 90, kind: 'domestic', country: 'GB' },
    ])
    expect(found.verdicts).toEqual({ call: 4, inbound: 1, 'other-leg': 1 })
    expect(found.users.map(({ location }) => location)).toEqual(['CA', 'CA', 'GB'])
    expect(found.names.get(0)).toBe('Tremblay, Maya')
  })

  test('overlapping exports: each call once, and how many were known already', async () => {
    const found = await read([
      [HEADER, usage('1'), usage('2')].join('\n'),
      [HEADER, usage('2'), usage('3'), usage('3')].join('\n'),
    ])
    expect(found.calls.length).toBe(3)
    expect(found.verdicts).toEqual({ call: 3, duplicate: 2 })
    expect(found.lines.map(({ line }) => line)).toEqual([2, 4])
  })

  test('in the order of answering, whatever the order of lines', async () => {
    const found = await read([
      [
        HEADER,
        usage('1', { start: '2026-10-02T00:00:00Z', seconds: '1' }),
        usage('2', { start: '2026-10-01T00:00:00Z', seconds: '2' }),
        usage('3', { start: '2026-10-02T00:00:00Z', seconds: '3' }),
        usage('4', { start: '2025-10-02T00:00:00Z', seconds: '4' }),
      ].join('\n'),
    ])
    expect([...found.calls.seconds]).toEqual([4, 2, 1, 3])
  })

  test('a verdict for each bad line, and the good ones around it count', async () => {
    const bad: [string, string][] = [
      ['no-time', usage('b1', { start: 'yesterday' })],
      ['no-duration', usage('b2', { seconds: 'long' })],
      ['negative-duration', usage('b3', { seconds: '-5' })],
      ['too-long-a-call', usage('b4', { seconds: '999999' })],
      ['no-number', usage('b5', { number: '=HYPERLINK(1)' })],
      ['no-user', usage('b6', { upn: '' })],
      ['wrong-columns', 'a,b,c'],
      ['quotes', '"1"x,2'],
      ['unanswered', usage('b7', { seconds: '0' })],
    ]
    const found = await read([[HEADER, ...bad.flatMap(([, line], i) => [line, usage(`g${i}`)])].join('\n')])
    expect(found.lines.map(({ verdict, line }) => [verdict, line])).toEqual(
      bad.map(([verdict], i) => [verdict, 2 + i * 2]),
    )
    expect(found.verdicts.call).toBe(bad.length)
    expect(found.unreadable).toBe(bad.length - 1)
  })
})

describe('PBX records', () => {
  test('Asterisk: extensions, outside line, local time, inbound', async () => {
    const line = (src: string, dst: string, answer: string, billsec: number, disposition = 'ANSWERED') =>
      `"","${src}","${dst}","ctx","","c","d","Dial","","2026-10-01 08:59:50","${answer}","2026-10-01 09:02:00",${billsec + 8},${billsec},"${disposition}","DOC"`
    const found = await read([
      [
        line('201', '914165550123', '2026-10-01 09:00:00', 120),
        line('201', '9011442071838750', '2026-10-01 09:10:00', 60),
        line('202', '201', '2026-10-01 09:20:00', 30),
        line('+14165550199', '202', '2026-10-01 09:30:00', 45),
        line('203', '911', '2026-10-01 09:40:00', 10),
        line('201', '14165550123', '', 0, 'NO ANSWER'),
      ].join('\n'),
    ])
    expect(callsOf(found)).toEqual([
      { user: '201', at: '2026-10-01T13:00:00', seconds: 120, kind: 'domestic', country: 'CA' },
      { user: '201', at: '2026-10-01T13:10:00', seconds: 60, kind: 'international', country: 'GB' },
      { user: '202', at: '2026-10-01T13:20:00', seconds: 30, kind: 'internal', country: null },
      { user: '202', at: '2026-10-01T13:30:00', seconds: 45, kind: 'inbound', country: null },
      { user: '203', at: '2026-10-01T13:40:00', seconds: 10, kind: 'emergency', country: null },
    ])
    expect(found.verdicts).toEqual({ call: 2, internal: 1, inbound: 1, emergency: 1, unanswered: 1 })
    expect(found.localTimes).toBe(3)
  })

  test('Kamailio: INVITE and BYE make a call, tags in either order, no end is invented', async () => {
    const event = (id: number, method: string, from: string, to: string, call: string, code: number, time: string) =>
      `${id},${method},${from},${to},${call},${code},OK,2026-10-01 ${time},201,pbx,10.0.0.1,14165550123,14165550123,pbx`
    const found = await read([
      [
        event(1, 'INVITE', 'a', 'b', 'one', 200, '09:00:00'),
        event(2, 'INVITE', 'a', 'c', 'two', 200, '09:01:00'),
        event(3, 'BYE', 'b', 'a', 'one', 200, '09:02:05'),
        event(4, 'INVITE', 'a', 'd', 'three', 486, '09:03:00'),
        event(5, 'BYE', 'x', 'y', 'four', 200, '09:04:00'),
      ].join('\n'),
    ])
    expect(callsOf(found)).toEqual([
      { user: '201', at: '2026-10-01T13:00:00', seconds: 125, kind: 'domestic', country: 'CA' },
    ])
    expect(found.verdicts).toEqual({ call: 2, unanswered: 1, 'end-unknown': 2 })
  })

  test('plain lists: decimal commas, minutes with colons, semicolons, days first', async () => {
    const text = [
      'Utilisateur;Numéro appelé;Date et heure;Durée',
      'Maya;514 555-0199;03/10/2026 09:00;12,4',
      'Zoé;+33 1 42 68 53 00;03/10/2026 10:00;2:05',
    ].join('\r\n')
    const found = await read([text], { dateOrder: 'day-first' })
    expect(callsOf(found)).toEqual([
      { user: 'Maya', at: '2026-10-03T13:00:00', seconds: 13, kind: 'domestic', country: 'CA' },
      { user: 'Zoé', at: '2026-10-03T14:00:00', seconds: 125, kind: 'international', country: 'FR' },
    ])
  })
})

describe('whatever the file is wrapped in', () => {
  const text = ['User,Number,Time,Seconds', 'Zoé,+442071838750,2026-10-01T09:00:00Z,60', ''].join('\r\n')
  const utf16 = (bigEndian: boolean) => {
    const bytes = Buffer.from(`\ufeff${text}`, 'utf16le')
    return bigEndian ? bytes.swap16() : bytes
  }

  test.each<[string, Uint8Array, string]>([
    ['UTF-8', Buffer.from(text), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), 'utf-8'],
    ['UTF-16 LE', utf16(false), 'utf-16le'],
    ['UTF-16 BE', utf16(true), 'utf-16be'],
    ['Windows-1252', Buffer.from(text, 'latin1'), 'windows-1252'],
    ['gzip', gzipSync(text), 'utf-8'],
    ['zip', zipSync({ 'parameters.json': Buffer.from('{}'), 'PSTN.calls.csv': Buffer.from(text) }), 'utf-8'],
  ])('%s', async (_, bytes, encoding) => {
    const found = await read([bytes])
    expect(callsOf(found)).toMatchObject([{ user: 'Zoé', seconds: 60 }])
    expect(found.files).toMatchObject([{ encoding, lines: 1 }])
  })

  test('a zip that unpacks without end is refused before it is unpacked', async () => {
    const bomb = zipSync({ 'calls.csv': new Uint8Array(64 * 1024 * 1024) })
    await expect(read([bomb])).rejects.toMatchObject({ code: 'zip-bomb' })
    const endless = Buffer.alloc(64 * 1024 * 1024, text)
    await expect(read([gzipSync(endless)])).rejects.toMatchObject({ code: 'zip-bomb' })
  })

  test('a broken zip, one without calls, and what is no list of calls', async () => {
    const zip = zipSync({ 'calls.csv': Buffer.from(text) })
    await expect(read([zip.slice(0, zip.length - 30)])).rejects.toThrow(SourceError)
    await expect(read([zipSync({ 'readme.md': Buffer.from('x') })])).rejects.toMatchObject({ code: 'no-records' })
    for (const junk of ['', '\0\0\0\0', 'PK', '{"calls": []}', 'a,b\n1,2\n']) {
      await expect(read([junk]), JSON.stringify(junk)).rejects.toThrow(UnknownLayout)
    }
  })
})

test('numbers that only an outside line explains: the digit is found, and only where it explains many', async () => {
  const dialled = ['94165550108', '914165550110', '90114930123456', '201', '9911']
  const rows = dialled.map((number, i) => `Maya,${number},2026-10-01T09:0${i}:00Z,60`)
  const text = ['User,Number,Time,Seconds', ...rows].join('\n')
  expect((await read([text], { outsidePrefix: '' })).outsideHint?.prefix).toBe('9')
  expect((await read([text], { outsidePrefix: '9' })).outsideHint).toBeNull()
  const odd = ['User,Number,Time,Seconds', ...rows.map((row) => row.replace(/,9\d+/, ',=1+1'))].join('\n')
  expect((await read([odd], { outsidePrefix: '' })).outsideHint).toBeNull()
})
