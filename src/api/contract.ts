/** Schemas that several routes share. Types, validation and the OpenAPI description all come from here. */
import { z } from 'zod'
import { type Country, parseCountry } from '../core/country.ts'
import { formatId, type IdKind, parseId, type Uuid } from '../core/ids.ts'
import { type Currency, type Micros, parseMicros } from '../core/money.ts'
import { type E164, parseE164 } from '../core/numbering.ts'
import { type Instant, instant, isTimeZone, type TimeZone } from '../core/time.ts'
import { hint } from './invalid.ts'

const EXAMPLE = '019a7f3c-5d20-7b61-9c0e-52d8f1a6b374' as Uuid

/** `ten_…`: an id of one kind, handed on as the UUID in the store. Ids of another kind or shape do not exist. */
export const idOf = <Id extends Uuid>(kind: IdKind) =>
  z
    .string()
    .max(64)
    .regex(/^[\w-]*$/)
    .meta({ example: formatId(kind, EXAMPLE) })
    .transform((text): Id | null => parseId(kind, text) as Id | null)

/** A lone half of a surrogate pair is no text: UTF-8 cannot say it, and the store would keep something else. */
export const wellFormed = (text: string): boolean => text.isWellFormed()
export const notWellFormed = hint('no half of a surrogate pair', 'pas de moitié de paire de substitution (surrogate)')

/** Text for people: no control characters, something beside spaces. */
export const nameText = z
  .string()
  .min(1)
  .max(200)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u001f\u007f]*$/, { error: hint('no control characters', 'pas de caractère de commande') })
  .regex(/\S/, { error: hint('a name is not empty', 'un nom n’est pas vide') })
  .refine(wellFormed, { error: notWellFormed })
  .meta({ description: 'Not only spaces', examples: ['Contoso Ltd'] })

export const country = z
  .string()
  .regex(/^[A-Z]{2}$/)
  .refine((text) => parseCountry(text) !== null, { error: hint('no such country', 'ce pays n’existe pas') })
  .meta({ description: 'ISO 3166-1 alpha-2', format: 'country', examples: ['CA', 'US', 'GB', 'FR', 'PR'] })
  .transform((text) => text as Country)

export const timeZone = z
  .string()
  .max(64)
  .refine((text) => isTimeZone(text), { error: hint('no such time zone', 'ce fuseau horaire n’existe pas') })
  .meta({
    description: 'IANA time zone',
    format: 'time-zone',
    examples: ['America/Toronto', 'Europe/Paris', 'Pacific/Kiritimati', 'UTC'],
  })
  .transform((text) => text as TimeZone)

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'))

export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .refine((text) => CURRENCIES.has(text), { error: hint('no such currency', 'cette devise n’existe pas') })
  .meta({ description: 'ISO 4217', format: 'currency', examples: ['USD', 'CAD', 'EUR', 'JPY'] })
  .transform((text) => text as Currency)

/** `{"amount": "12.345600", "currency": "USD"}`: a decimal string, never a JSON number. */
export const money = z
  .strictObject({
    amount: z
      .string()
      .regex(/^\d{1,12}(\.\d{1,6})?$/, {
        error: hint(
          'a decimal string with a point and at most six decimals',
          'une chaîne décimale avec un point et six décimales au plus',
        ),
      })
      .meta({ example: '50' }),
    currency,
  })
  .transform(({ amount, currency }) => ({ micros: parseMicros(amount) as Micros, currency }))

export const moneyOut = z.object({ amount: z.string(), currency: z.string() }).meta({ id: 'Money' })

const noE164 = hint(
  'a number in international format: + and 3 to 15 digits',
  'un numéro au format international : + et 3 à 15 chiffres',
)

export const e164 = z
  .string()
  .regex(/^\+[1-9]\d{2,14}$/, { error: noE164 })
  .refine((text) => parseE164(text) !== null, { error: noE164 })
  .meta({ description: 'E.164 with `+`', format: 'e164', examples: ['+14165550123', '+14165550124'] })
  .transform((text) => text as E164)

/** RFC 3339 with offset. */
export const time = z.iso
  .datetime({ offset: true })
  .max(40)
  .meta({ description: 'RFC 3339 with offset', examples: ['2026-11-30T23:50:00-05:00'] })
  .transform((text): Instant => instant(Date.parse(text)))

export const timeOut = z.string().meta({ description: 'RFC 3339 in UTC' })

const noLimit = hint('a number from 1 to 200', 'un nombre de 1 à 200')

/** Lists take `limit` and `cursor`. Numbers in a query string are text. */
export const page = {
  limit: z
    .string()
    .regex(/^([1-9]\d?|1\d\d|200)$/, { error: noLimit })
    .transform(Number)
    .default(50)
    .meta({ description: 'How many at most, 1 to 200' }),
  cursor: z.string().max(200).optional().meta({ description: '`nextCursor` of the page before' }),
}

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable().meta({ description: 'null: there are no more' }) })

/** Routes name their problems by code (`problems` of a schema, see openapi.ts); the document refers to this by its id. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string().optional(),
    param: z.string().optional(),
    requestId: z.string(),
  })
  .loose()
  .meta({ id: 'Problem', description: 'RFC 9457 problem: `code` never changes, `title` and `detail` are for people' })
