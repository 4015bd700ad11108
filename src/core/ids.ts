/**
 * Ids are UUIDv7 in the store and prefixed, sortable text on the wire (`ten_…`, `usr_…`, `call_…`): Crockford base 32,
 * 26 characters, so that text order is time order. Randomness is an argument: the core has none.
 */
import { assert } from './assert.ts'
import type { Brand } from './brand.ts'

export type Uuid = Brand<string, 'Uuid'>
export type TenantId = Brand<Uuid, 'TenantId'>
export type UserId = Brand<Uuid, 'UserId'>
export type CallId = Brand<Uuid, 'CallId'>
export type SwitchId = Brand<Uuid, 'SwitchId'>
export type PersonId = Brand<Uuid, 'PersonId'>
export type PartnerId = Brand<Uuid, 'PartnerId'>

export const ID_PREFIXES = {
  tenant: 'ten',
  user: 'usr',
  number: 'num',
  numberOrder: 'nor',
  location: 'loc',
  portOrder: 'prt',
  portOut: 'pto',
  call: 'call',
  subscription: 'sub',
  funding: 'fund',
  paymentMethod: 'pm',
  rateDeck: 'deck',
  rateDeckDraft: 'draft',
  apiKey: 'key',
  audit: 'aud',
  alarm: 'alm',
  person: 'prs',
  partner: 'ptn',
  session: 'ses',
  passkey: 'pk',
  invitation: 'inv',
  event: 'evt',
  webhook: 'whk',
  job: 'job',
  userImport: 'uim',
  seatPrice: 'spr',
  seatCharge: 'chg',
  attendant: 'att',
  prompt: 'prm',
  partnerCase: 'case',
  trunk: 'trk',
  trunkTestCall: 'ttc',
  testCall: 'tst',
} as const

export type IdKind = keyof typeof ID_PREFIXES

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const VALUE = new Map([...ALPHABET].map((letter, index) => [letter, BigInt(index)]))

/** RFC 9562 UUIDv7 from a time and 10 random bytes (74 bits of them are used). */
export function uuidV7(epochMs: number, random: Uint8Array): Uuid {
  assert(random.length >= 10 && epochMs >= 0 && epochMs < 2 ** 48, 'uuidV7: 48 bits of time, 10 random bytes')
  const hex = Math.trunc(epochMs).toString(16).padStart(12, '0')
  const byte = (index: number): number => random[index] ?? 0
  const two = (value: number): string => value.toString(16).padStart(2, '0')
  const versioned = two(0x70 | (byte(0) & 0x0f)) + two(byte(1))
  const variant = two(0x80 | (byte(2) & 0x3f)) + two(byte(3))
  let node = ''
  for (let i = 4; i < 10; i++) node += two(byte(i))
  return `${hex.slice(0, 8)}-${hex.slice(8)}-${versioned}-${variant}-${node}` as Uuid
}

/** The millisecond that a UUIDv7 was made in: records find their monthly partition by it. */
export function uuidTime(uuid: Uuid): number {
  return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16)
}

/** `ten_01jd…`. */
export function formatId(kind: IdKind, uuid: Uuid): string {
  let value = BigInt(`0x${uuid.replaceAll('-', '')}`)
  let text = ''
  for (let i = 0; i < 26; i++) {
    text = (ALPHABET[Number(value & 31n)] ?? '') + text
    value >>= 5n
  }
  return `${ID_PREFIXES[kind]}_${text}`
}

/** The inverse of `formatId`; null for another kind, another length or a foreign letter. Never throws: ids come from outside. */
export function parseId(kind: IdKind, text: string): Uuid | null {
  const prefix = `${ID_PREFIXES[kind]}_`
  if (text.length !== prefix.length + 26 || !text.startsWith(prefix)) return null
  let value = 0n
  for (const letter of text.slice(prefix.length)) {
    const digit = VALUE.get(letter)
    if (digit === undefined) return null
    value = (value << 5n) | digit
  }
  if (value >= 1n << 128n) return null
  const hex = value.toString(16).padStart(32, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Uuid
}
