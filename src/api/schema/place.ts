/** Countries and time zones. */
import { z } from 'zod'
import { type Country, parseCountry } from '../../core/country.ts'
import { isTimeZone, type TimeZone } from '../../core/time.ts'
import { hint } from '../invalid.ts'

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
