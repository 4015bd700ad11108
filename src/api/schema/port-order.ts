/** What the console's forms about port orders and the API both check. */
import { z } from 'zod'
import type { Uuid } from '../../core/ids.ts'
import type { LocalDay } from '../../core/local-day.ts'
import { PORT_KINDS, PORT_NUMBERS_MAX, PORT_TYPES } from '../../core/port-order.ts'
import { REJECTION_REASONS } from '../../core/port-rejection.ts'
import { hint } from '../invalid.ts'
import { addressBody } from './emergency-location.ts'
import { idOf } from './id.ts'
import { e164 } from './number.ts'
import { country } from './place.ts'
import { nameText, notWellFormed, wellFormed } from './text.ts'

const text = (max: number) =>
  z
    .string()
    .max(max)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
    .regex(/^[^\u0000-\u001f\u007f]*$/, { error: hint('no control characters', 'pas de caractère de commande') })
    .refine(wellFormed, { error: notWellFormed })
    .transform((given) => given.trim())

const NOTIFY_MAX = 10
const noAddresses = hint(
  'at most 10 addresses, with ; between them',
  'au plus 10 adresses, séparées par des points-virgules',
)
const EMAIL = /^[^\s@;,<>]{1,64}@[^\s@;,<>]+\.[^\s@;,<>]{2,}$/

/** `a@contoso.example; b@contoso.example`. */
export const addressesOf = (given: string): string[] => [
  ...new Set(
    given
      .split(';')
      .map((address) => address.trim().toLowerCase())
      .filter((address) => address !== ''),
  ),
]

const notify = z
  .string()
  .max(1_000)
  .refine(
    (given) => addressesOf(given).length <= NOTIFY_MAX && addressesOf(given).every((address) => EMAIL.test(address)),
    { error: noAddresses },
  )
  .meta({ description: 'Who is told of each step; `;` between addresses', example: 'numbers@contoso.example' })
  .transform(addressesOf)

const noDay = hint('a date such as 2027-03-15', 'une date telle que 2027-03-15')
export const day = z
  .string()
  .regex(/^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, { error: noDay })
  .refine((given) => new Date(`${given}T00:00:00Z`).toISOString().slice(0, 10) === given, { error: noDay })
  .meta({ format: 'date', examples: ['2027-03-15'] })
  .transform((given) => given as LocalDay)

const version = z
  .number()
  .int()
  .min(1)
  .max(2_147_483_647)
  .optional()
  .meta({ description: 'The one that was read: refused when somebody has changed the order since' })

const members = {
  name: text(200).optional(),
  country: country.optional(),
  type: z.enum(PORT_TYPES).optional(),
  kind: z.enum(PORT_KINDS).optional(),
  notify: notify.optional(),
  transferDate: day.nullable().optional(),
  carrier: text(100).optional(),
  accountNumber: text(40).optional().meta({ description: 'Spaces and dashes are left out for the carrier' }),
  pin: text(20).nullable().optional().meta({ description: 'Of the account at the losing carrier; never shown again' }),
  organisation: text(200).optional().meta({ description: 'Carriers read 25 characters' }),
  contact: text(200).optional().meta({ description: 'Who is authorised on the account; carriers read 15 characters' }),
  billingNumber: e164.nullable().optional(),
  serviceAddress: addressBody.nullable().optional(),
  unfrozen: z
    .boolean()
    .optional()
    .meta({ description: 'The account has no freeze, no pending order, no hunt or distinctive-ring feature' }),
  locationId: idOf<Uuid>('location').nullable().optional(),
}

export const portOrderBody = z
  .strictObject(members)
  .meta({ example: { name: 'Head office', country: 'CA', type: 'geographic', kind: 'partial' } })

export const portOrderChanges = z
  .strictObject({ ...members, version })
  .meta({ example: { carrier: 'Northern Telephone', accountNumber: '4410-7788-10' } })

export const portNumbersBody = z
  .strictObject({
    numbers: z
      .array(z.strictObject({ number: z.string().max(60), replaces: e164.nullable().optional() }))
      .max(PORT_NUMBERS_MAX, { error: hint('at most 999 numbers', 'au plus 999 numéros') }),
    version,
  })
  .meta({ example: { numbers: [{ number: '+14165550123' }] } })

export const portDateBody = z.strictObject({ date: day, version }).meta({ example: { date: '2027-03-15' } })

export const approveBody = z.strictObject({ date: day }).meta({ example: { date: '2027-03-15' } })

export const rejectBody = z
  .strictObject({
    rejections: z
      .array(z.strictObject({ reason: z.enum(REJECTION_REASONS), words: nameText }))
      .min(1)
      .max(REJECTION_REASONS.length),
  })
  .meta({ example: { rejections: [{ reason: 'account-number', words: 'ACCT# INVALID' }] } })

const noPin = hint('10 digits', '10 chiffres')
const pinDigits = z.string().regex(/^\d{10}$/, { error: noPin })

export const portOutPinBody = z
  .strictObject({ pin: pinDigits.optional().meta({ description: 'Absent: one is made' }) })
  .meta({ example: {} })

export const portOutBody = z
  .strictObject({
    number: e164,
    pin: pinDigits,
    carrier: nameText.max(100).meta({ description: 'Who takes the number' }),
    date: day.optional().meta({ description: 'When it leaves: a US business day; absent, the next one' }),
  })
  .meta({ example: { number: '+14165550123', pin: '0123456789', carrier: 'Northern Telephone' } })
