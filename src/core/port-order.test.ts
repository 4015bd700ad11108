import { describe, expect, test } from 'vitest'
import type { Country } from './country.ts'
import type { LocalDay } from './local-day.ts'
import type { E164 } from './numbering.ts'
import { PORT_ISSUES } from './port-check.ts'
import { portNumberFault, readPortFile, readPortNumber } from './port-number.ts'
import {
  canPortIn,
  dateFault,
  mayPort,
  PORT_ACTIONS,
  PORT_EVENTS,
  PORT_STATUSES,
  portStatusAfter,
  usedAccount,
  usedText,
} from './port-order.ts'
import { PORT_ISSUE_WORDS } from './port-words.ts'
import { addUsBusinessDays, isUsBusinessDay } from './us-business-day.ts'

const CA = 'CA' as Country
const GB = 'GB' as Country
const US = 'US' as Country
const day = (text: string): LocalDay => text as LocalDay

describe('N5: statuses (facts §11.2)', () => {
  test('who may do what in each, to the letter', () => {
    const marks = (status: (typeof PORT_STATUSES)[number]): string =>
      PORT_ACTIONS.map((action) => (mayPort(status, action) ? 'x' : '-')).join('')
    // view, edit, change-foc, cancel, delete
    expect(Object.fromEntries(PORT_STATUSES.map((status) => [status, marks(status)]))).toEqual({
      draft: 'xx--x',
      processing: 'x--x-',
      'contacting-carrier': 'x--x-',
      'transfer-approved': 'x-xx-',
      'transfer-pending': 'x----',
      error: '-x-xx',
      completed: 'x----',
      cancelled: '-x---',
    })
  })

  test('the documented transitions and no others', () => {
    const all = PORT_EVENTS.flatMap((event) =>
      PORT_STATUSES.flatMap((from) => {
        const to = portStatusAfter(from, event)
        return to === null ? [] : [`${from} ${event} ${to}`]
      }),
    )
    expect(all).toEqual([
      'draft submit processing',
      'error submit processing',
      'cancelled submit processing',
      'processing contact contacting-carrier',
      'contacting-carrier approve transfer-approved',
      'contacting-carrier reject error',
      'transfer-approved come-near transfer-pending',
      'transfer-pending complete completed',
      'transfer-approved change-foc transfer-approved',
      'processing cancel cancelled',
      'contacting-carrier cancel cancelled',
      'transfer-approved cancel cancelled',
      'error cancel cancelled',
    ])
  })
})

describe('N5: US business days', () => {
  test('federal holidays, as they are kept', () => {
    for (const holiday of [
      '2026-11-26',
      '2026-12-25',
      '2027-01-01',
      '2027-01-18',
      '2027-05-31',
      '2027-06-18',
      '2027-07-05',
    ]) {
      expect(isUsBusinessDay(day(holiday)), holiday).toBe(false)
    }
    // New Year of 2028 is a Saturday: kept on the last day of the year before.
    expect(isUsBusinessDay(day('2027-12-31'))).toBe(false)
    expect(isUsBusinessDay(day('2026-11-27'))).toBe(true)
    expect(addUsBusinessDays(day('2026-11-25'), 1)).toBe('2026-11-27')
    expect(addUsBusinessDays(day('2026-11-27'), 1)).toBe('2026-11-30')
  })

  test('a date of transfer', () => {
    const today = day('2026-11-23')
    expect(dateFault(day('2026-12-01'), today, 5)).toBeNull()
    expect(dateFault(day('2026-11-30'), today, 5)).toBe('too-early')
    expect(dateFault(day('2026-12-05'), today, 5)).toBe('not-a-business-day')
    expect(dateFault(day('2027-03-01'), today, 5)).toBe('too-late')
  })
})

describe('N5: numbers', () => {
  test.each([
    ['416-555-0123', CA, '+14165550123'],
    ['1 (416) 555-0123', CA, '+14165550123'],
    ['+1 416 555 0123', CA, '+14165550123'],
    ['0014165550123', CA, '+14165550123'],
    ['020 7183 8750', GB, '+442071838750'],
    ['442071838750', GB, '+442071838750'],
    ['phone', CA, null],
    ['123', CA, null],
    ['', CA, null],
    ['+', CA, null],
  ] as const)('%s in %s', (text, country, expected) => {
    expect(readPortNumber(text, country)).toBe(expected)
  })

  test.each([
    ['+14165550123', CA, 'geographic', null],
    ['+12125550123', CA, 'geographic', 'other-country'],
    ['+442071838750', CA, 'geographic', 'other-country'],
    ['+442071838750', GB, 'geographic', null],
    ['+448451234567', GB, 'service', 'not-portable'],
    ['+448721234567', GB, 'service', 'not-portable'],
    ['+447400123456', GB, 'geographic', 'mobile-elsewhere'],
    ['+18005550123', US, 'toll-free', null],
    ['+18005550123', US, 'geographic', 'other-type'],
    ['+14155550123', US, 'toll-free', 'other-type'],
    ['+14155550123', US, 'mobile', null],
    ['+80012345678', US, 'toll-free', 'not-portable'],
    ['+19005550123', US, 'service', 'not-portable'],
  ] as const)('%s in an order of %s, %s', (number, country, type, expected) => {
    expect(portNumberFault(number as E164, country, type)).toBe(expected)
  })

  test('a file with foreign delimiters, a byte order mark, duplicates and a bad row: each line has its verdict', () => {
    const text =
      '\ufeffNote;PhoneNumber\r\nx;"416 555 0123"\r\n;416-555-0124\r\n;+14165550123\r\n;nobody\r\n\r\n;+33142685300\r\n'
    const read = readPortFile(Buffer.from(text), { country: CA, type: 'geographic', max: 999 })
    expect(read).toEqual([
      { line: 2, text: '416 555 0123', number: '+14165550123', fault: null },
      { line: 3, text: '416-555-0124', number: '+14165550124', fault: null },
      { line: 4, text: '+14165550123', number: '+14165550123', fault: 'duplicate' },
      { line: 5, text: 'nobody', number: null, fault: 'malformed' },
      { line: 7, text: '+33142685300', number: '+33142685300', fault: 'other-country' },
    ])
    const wish = { country: CA, type: 'geographic', max: 2 } as const
    expect(readPortFile(Buffer.from('Number\n4165550123\n'), wish)).toBe('no-column')
    expect(readPortFile(Buffer.from('PhoneNumber\n'), wish)).toBe('empty')
    expect(readPortFile(Buffer.from(''), wish)).toBe('empty')
    expect(readPortFile(Buffer.from('PhoneNumber\n1\n2\n3\n'), wish)).toBe('too-many')
  })

  test('names are cut and account numbers bare, as carriers read them; where numbers can be ported to', () => {
    expect(usedText('Chaudronnerie du Saint-Laurent inc.', 25)).toBe('Chaudronnerie du Saint-La')
    expect(usedAccount(' 4410-7788 10x ')).toBe('4410778810X')
    expect(['CA', 'GB', 'US', 'PR', 'FR'].map((country) => canPortIn(country as Country))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ])
  })

  test('every issue is worded in both languages', () => {
    expect(Object.keys(PORT_ISSUE_WORDS).toSorted()).toEqual(Object.keys(PORT_ISSUES).toSorted())
    for (const { en, fr } of Object.values(PORT_ISSUE_WORDS)) expect(en).not.toBe(fr)
  })
})
