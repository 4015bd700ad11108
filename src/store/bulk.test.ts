import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { type TestDb, testDb } from '../../test/harness/postgres.ts'
import { plainColumn, textColumn, texts } from './bulk.ts'

const UNFIT = ['\0', '\u001e', '\u001f']

let base: TestDb
beforeAll(async () => {
  base = await testDb()
})

describe('columns of many rows', () => {
  const back = async (column: string, sql: string) =>
    (await base.db.query<{ value: unknown }>(`SELECT value FROM unnest(${sql}) value`, [column])).map(
      ({ value }) => value,
    )

  test('texts come back as they went, with nothing to quote, and NULL is not the empty text', async () => {
    const text = fc.string({ unit: 'grapheme' }).filter((value) => !UNFIT.some((unfit) => value.includes(unfit)))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text)), async (rows) => {
        expect(
          await back(
            textColumn(rows, (row) => row),
            texts(1),
          ),
        ).toEqual(rows)
      }),
      { numRuns: 30 },
    )
  })

  test('numbers come back as they went', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))), async (rows) => {
        expect(
          await back(
            plainColumn(rows, (row) => row),
            '$1::text::bigint[]',
          ),
        ).toEqual(rows)
      }),
      { numRuns: 30 },
    )
  })

  test('a text that holds the separator stops the statement: one column shifted would be worse', () => {
    expect(() => textColumn(['fine', 'not\u001ffine'], (row) => row)).toThrow('no text holds the separator')
  })
})
