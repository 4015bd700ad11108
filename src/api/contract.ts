/** Schemas that several routes share. Types, validation and the OpenAPI description all come from here. */
import { z } from 'zod'
import { type Country, parseCountry } from '../core/country.ts'
import { formatId, type IdKind, parseId, type Uuid } from '../core/ids.ts'
import { type Currency, type Micros, parseMicros } from '../core/money.ts'
import { type E164, parseE164 } from '../core/numbering.ts'
import { type Instant, instant, isTimeZone, type TimeZone } from '../core/time.ts'

/** `ten_…`: an id of one kind, handed on as the UUID in the store. Ids of another kind or shape do not exist. */
export const idOf = <Id extends Uuid>(kind: IdKind) =>
  z
    .string()
    .max(64)
    .regex(/^[\w-]*$/)
    .meta({ description: `Id of this kind, as \`${formatId(kind, '00000000-0000-7000-8000-000000000000' as Uuid)}\`` })
    .transform((text): Id | null => parseId(kind, text) as Id | null)

/** Text for people: no control characters, something beside spaces. */
export const nameText = z
  .string()
  .max(200)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u001f\u007f]*$/)
  .refine((text) => text.trim() !== '', { error: 'a name is not empty' })
  .meta({ description: '1 to 200 characters' })

export const country = z
  .string()
  .regex(/^[A-Z]{2}$/)
  .refine((text) => parseCountry(text) !== null, { error: 'no such country' })
  .transform((text) => text as Country)
  .meta({ description: 'ISO 3166-1 alpha-2' })

export const timeZone = z
  .string()
  .max(64)
  .refine((text) => isTimeZone(text), { error: 'no such time zone' })
  .transform((text) => text as TimeZone)
  .meta({ description: 'IANA time zone, such as `America/Toronto`' })

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'))

export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/)
  .refine((text) => CURRENCIES.has(text), { error: 'no such currency' })
  .transform((text) => text as Currency)
  .meta({ description: 'ISO 4217' })

/** `{"amount": "12.345600", "currency": "USD"}`: a decimal string, never a JSON number. */
export const money = z
  .strictObject({
    amount: z
      .string()
      .regex(/^\d{1,12}(\.\d{1,6})?$/, { error: 'a decimal string with a point and at most six decimals' }),
    currency,
  })
  .transform(({ amount, currency }) => ({ micros: parseMicros(amount) as Micros, currency }))

export const moneyOut = z.object({ amount: z.string(), currency: z.string() }).meta({ id: 'Money' })

export const e164 = z
  .string()
  .max(64)
  .refine((text) => parseE164(text) !== null, { error: 'a number in international format: + and 3 to 15 digits' })
  .transform((text) => text as E164)
  .meta({ description: 'E.164 with `+`' })

/** RFC 3339 with offset. */
export const time = z.iso
  .datetime({ offset: true })
  .max(40)
  .transform((text): Instant => instant(Date.parse(text)))
  .meta({ description: 'RFC 3339 with offset' })

export const timeOut = z.string().meta({ description: 'RFC 3339 in UTC' })

/** Lists take `limit` and `cursor`. Numbers in a query string are text. */
export const page = {
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, { error: 'a number from 1 to 200' })
    .transform(Number)
    .refine((limit) => limit <= 200, { error: 'a number from 1 to 200' })
    .default(50),
  cursor: z.string().max(200).optional(),
}

export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() })

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
  .meta({ id: 'Problem', description: 'RFC 9457 problem' })
