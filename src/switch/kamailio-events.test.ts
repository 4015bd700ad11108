import { describe, expect, test } from 'vitest'
import { parseCountry } from '../core/country.ts'
import { emergencyTable } from './kamailio-config.ts'
import { authoriseQuestion, isFree, parseEvent } from './kamailio-events.ts'
import { normaliseDialled } from './kamailio-routing.ts'
import { parseSwitchTime } from './kamailio-rpc.ts'

const SID = `${'0a'.repeat(16)}-12345678${2}`

describe('what Kamailio says', () => {
  test('times are read to the millisecond; anything else is none', () => {
    expect(parseSwitchTime('1795382969.295999')).toBe(1_795_382_969_295)
    for (const text of ['', '<null>', '1795382969', '-1.000000', undefined]) expect(parseSwitchTime(text)).toBeNull()
  })

  test('an event of an authorised call', () => {
    const event = parseEvent({
      event: 'ended',
      sid: SID,
      at: '1795382969.295285',
      answeredAt: '1795382966.785595',
      by: 'callee',
      status: '',
      entry: 1989,
      id: 100671,
    })
    expect(event).toMatchObject({ kind: 'ended', by: 'callee', dialog: { entry: 1989, id: 100671 } })
    expect(event && isFree(event)).toBe(false)
  })

  test('an event of a free call tells everything; what telephones said comes percent-encoded', () => {
    const event = parseEvent({
      event: 'ended',
      sid: SID,
      class: 'internal',
      domain: 'acme.test',
      user: 'o%22brien',
      called: 'zo%c3%ab',
      begunAt: '1795382960.000000',
      tag: 'a',
      at: '1795382969.295285',
      answeredAt: '1795382966.785595',
      byTag: 'b',
    })
    expect(event).toMatchObject({ username: 'o"brien', called: 'zoë', byCaller: false })
  })

  test('what is not an event is none', () => {
    for (const body of [null, [], {}, { event: 'ended' }, { event: 'born', sid: SID, at: '1795382969.295285' }]) {
      expect(parseEvent(body)).toBeNull()
    }
    const question = { sid: SID, direction: 'out', domain: 'd', user: '%ff', called: '1', begunAt: '1795382969.295285' }
    expect(authoriseQuestion.safeParse(question).success).toBe(false)
  })
})

describe('what is dialled', () => {
  const dial = (dialled: string, country: string): string => normaliseDialled(dialled, parseCountry(country))

  test('a number as it is dialled at home, with its prefixes, is E.164 for the engine', () => {
    expect(dial('2125550100', 'US')).toBe('+12125550100')
    expect(dial('011442079460000', 'US')).toBe('+442079460000')
    expect(dial('02079460000', 'GB')).toBe('+442079460000')
    expect(dial('00442079460000', 'FR')).toBe('+442079460000')
  })

  test('C4: nothing is guessed: short codes, names and fragments stay as they are', () => {
    for (const dialled of ['12', 'bob', '+12', '911', '']) expect(dial(dialled, 'US')).toBe(dialled)
    expect(normaliseDialled('2125550100', null)).toBe('2125550100')
  })

  test('C5: every emergency number is in Kamailio’s table, 112 and 911 for everybody', () => {
    const table = new Map(emergencyTable())
    expect([table.get('112'), table.get('911')]).toEqual(['*', '*'])
    expect(table.get('999')?.split(' ')).toContain('GB')
    expect(table.get('999')?.split(' ')).not.toContain('US')
  })
})
