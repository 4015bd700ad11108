import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatId, ID_PREFIXES, type IdKind, parseId, type Uuid, uuidTime, uuidV7 } from './ids.ts'

const anyTime = fc.integer({ min: 0, max: 2 ** 48 - 1 })
const anyRandom = fc.uint8Array({ minLength: 10, maxLength: 10 })
const anyUuid = fc.tuple(anyTime, anyRandom).map(([time, random]) => uuidV7(time, random))
const anyKind = fc.constantFrom(...(Object.keys(ID_PREFIXES) as IdKind[]))

describe('ids', () => {
  test('RFC 9562: version 7, variant 10, the time in front', () => {
    fc.assert(
      fc.property(anyTime, anyRandom, (time, random) => {
        const uuid = uuidV7(time, random)
        expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        expect(uuidTime(uuid)).toBe(time)
      }),
    )
  })

  test('an id is read back', () => {
    fc.assert(
      fc.property(anyKind, anyUuid, (kind, uuid) => {
        expect(parseId(kind, formatId(kind, uuid))).toBe(uuid)
      }),
    )
  })

  test('text order is the order of the ids, and so of time', () => {
    fc.assert(
      fc.property(anyKind, anyUuid, anyUuid, (kind, a, b) => {
        expect(formatId(kind, a) < formatId(kind, b)).toBe(a < b)
      }),
    )
    fc.assert(
      fc.property(anyTime, anyTime, anyRandom, anyRandom, (first, second, a, b) => {
        fc.pre(first < second)
        expect(uuidV7(first, a) < uuidV7(second, b)).toBe(true)
      }),
    )
  })

  test('an id of another kind does not exist', () => {
    const uuid = uuidV7(1, new Uint8Array(10))
    expect(parseId('user', formatId('tenant', uuid))).toBeNull()
    expect(formatId('tenant', uuid)).toMatch(/^ten_[0-9a-hjkmnp-tv-z]{26}$/)
  })

  test('whatever comes from outside is an id or null, and only one text is that id', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        expect(parseId('call', text)).toBeNull()
      }),
    )
    const text = formatId('call', uuidV7(1_800_000_000_000, new Uint8Array(10).fill(255)))
    for (const other of [text.toUpperCase(), `${text}0`, text.slice(0, -1), ` ${text}`, text.replace(/.$/, 'i')]) {
      expect(parseId('call', other)).toBeNull()
    }
    expect(parseId('call', `call_${'z'.repeat(26)}`)).toBeNull()
    expect(parseId('call', `call_7${'z'.repeat(25)}`)).toBe('ffffffff-ffff-ffff-ffff-ffffffffffff' as Uuid)
  })

  test('a time that does not fit and too little randomness are bugs', () => {
    expect(() => uuidV7(2 ** 48, new Uint8Array(10))).toThrow()
    expect(() => uuidV7(1, new Uint8Array(9))).toThrow()
  })
})
