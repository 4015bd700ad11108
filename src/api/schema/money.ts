/** Money on the wire. */
import { z } from 'zod'
import { type Currency, type Micros, parseMicros } from '../../core/money.ts'
import { hint } from '../invalid.ts'

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'))

export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, { error: hint('three letters, as in CAD', 'trois lettres, comme CAD') })
  .refine((text) => CURRENCIES.has(text), { error: hint('no such currency', 'cette devise n’existe pas') })
  .meta({ description: 'ISO 4217', format: 'currency', examples: ['USD', 'CAD', 'EUR', 'JPY'] })
  .transform((text) => text as Currency)

export const noAmount = hint(
  'a decimal string with a point and at most six decimals',
  'une chaîne décimale avec un point et six décimales au plus',
)

/** `{"amount": "12.345600", "currency": "USD"}`: a decimal string, never a JSON number. */
export const money = z
  .strictObject({
    amount: z
      .string()
      .regex(/^\d{1,12}(\.\d{1,6})?$/, { error: noAmount })
      .meta({ example: '50' }),
    currency,
  })
  .transform(({ amount, currency }) => ({ micros: parseMicros(amount) as Micros, currency }))

export const moneyOut = z.object({ amount: z.string(), currency: z.string() }).meta({ id: 'Money' })
