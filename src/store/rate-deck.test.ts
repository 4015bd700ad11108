import { randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { testDb } from '../../test/harness/postgres.ts'
import { type Uuid, uuidV7 } from '../core/ids.ts'
import { makeRateDeck } from '../core/rate-deck.ts'
import { parseRateDeckCsv } from '../core/rate-deck-csv.ts'
import type { RateRows } from '../core/rate-rows.ts'
import { instant } from '../core/time.ts'
import { type Db, inTransaction } from './db.ts'
import { activateDeck, activeDeck, listDecks, loadDeck, publishDeck } from './rate-deck.ts'

const HEADER =
  'direction,prefix,origin,lineKind,currency,connectionFee,perMinute,initialIncrement,nextIncrement,minimumSeconds,validFrom'
const T1 = instant(Date.UTC(2026, 10, 1))
const T2 = instant(Date.UTC(2026, 10, 2))

const rowsOf = (...lines: string[]): RateRows => {
  const { rows, errors } = parseRateDeckCsv([HEADER, ...lines].join('\n'))
  expect(errors).toEqual([])
  return rows
}
const SMALL = rowsOf(
  'out,44,,any,USD,0.00,0.10,60,60,0,2020-01-01T00:00:00Z',
  'out,447,CA,mobile,EUR,9223372036.5,999999999999.123456,1,6,30,2026-11-30T23:50:00.5-05:00',
  'toll-free-in,1800,PR,any,CAD,0.01,0.000001,30,6,12,9999-12-31T23:59:59Z',
  'conference-out,881,,satellite,GBP,0,0,1,1,0,1970-01-01T00:00:00Z',
)
const MANY = rowsOf(
  ...Array.from({ length: 25_001 }, (_, i) => `out,${100_000 + i},,any,USD,0,0.${i},60,60,0,2020-01-01T00:00:00Z`),
)

let db: Db
beforeAll(async () => {
  db = (await testDb()).db
})

const newId = (): Uuid => uuidV7(T1, randomBytes(10))
const publish = (rows: RateRows) => inTransaction(db, (tx) => publishDeck(tx, { id: newId(), publishedAt: T1, rows }))
const activate = (id: Uuid, at = T1) => inTransaction(db, (tx) => activateDeck(tx, id, at))

test('R1: nothing is active before the first activation', async () => {
  expect(await activeDeck(db)).toBeNull()
  expect(await listDecks(db)).toEqual([])
})

test.each([
  ['every column at its extremes', SMALL],
  ['several pages', MANY],
])('R1: what is published is what is loaded: %s', async (_, rows) => {
  const { id, version } = await publish(rows)
  expect(await loadDeck(db, id)).toEqual(makeRateDeck(version, rows))
})

test('R1: versions count up, also when two publish at once', async () => {
  const before = (await listDecks(db)).length
  const published = await Promise.all([publish(SMALL), publish(SMALL), publish(SMALL)])
  const versions = published.map(({ version }) => version)
  expect(versions.toSorted((a, b) => a - b)).toEqual([before + 1, before + 2, before + 3])
})

test('R1: roll back and forward; the last activation holds, whatever the clock said', async () => {
  const first = await publish(SMALL)
  const second = await publish(MANY)
  expect(await activate(first.id, T2)).toEqual(first)
  expect(await activeDeck(db)).toEqual(first)
  await activate(second.id, T1)
  expect(await activeDeck(db)).toEqual(second)
  expect((await listDecks(db)).slice(0, 2)).toMatchObject([
    { ...second, publishedAt: T1, rowCount: MANY.length, activatedAt: T1, active: true },
    { ...first, publishedAt: T1, rowCount: SMALL.length, activatedAt: T2, active: false },
  ])
  await activate(first.id)
  expect(await activeDeck(db)).toEqual(first)
})

test('a deck that does not exist is not activated and not loaded', async () => {
  const active = await activeDeck(db)
  expect(await activate(newId())).toBeNull()
  expect(await activeDeck(db)).toEqual(active)
  await expect(loadDeck(db, newId())).rejects.toThrow('no rate deck')
})

test('a failed publication leaves nothing', async () => {
  const id = newId()
  const failing = inTransaction(db, async (tx) => {
    await publishDeck(tx, { id, publishedAt: T1, rows: SMALL })
    throw new Error('the operator’s connection is gone')
  })
  await expect(failing).rejects.toThrow('gone')
  await expect(loadDeck(db, id)).rejects.toThrow('no rate deck')
})

describe('R1: immutable once published', () => {
  test.each([
    'UPDATE rate SET rate_micros_per_minute = 0',
    'DELETE FROM rate',
    'UPDATE rate_deck SET version = 99',
    'DELETE FROM rate_deck_activation',
    'TRUNCATE rate',
  ])('%s', async (statement) => {
    await expect(db.execute(statement)).rejects.toThrow('append-only')
  })

  test('a row that was smuggled in is noticed', async () => {
    const { id } = await publish(SMALL)
    await db.execute(
      `INSERT INTO rate SELECT deck_id, ordinal + 4, direction, '33', origin, line_kind, currency, connection_fee_micros,
         rate_micros_per_minute, initial_increment_seconds, next_increment_seconds, minimum_seconds, valid_from
       FROM rate WHERE deck_id = $1 AND ordinal = 0`,
      [id],
    )
    await expect(loadDeck(db, id)).rejects.toThrow('damaged')
  })
})
