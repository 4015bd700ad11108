/** Instants. */
import { z } from 'zod'
import { type Instant, instant } from '../../core/time.ts'

/** RFC 3339 with offset. */
export const time = z.iso
  .datetime({ offset: true })
  .max(40)
  .meta({ description: 'RFC 3339 with offset', examples: ['2026-11-30T23:50:00-05:00'] })
  .transform((text): Instant => instant(Date.parse(text)))

export const timeOut = z.string().meta({ description: 'RFC 3339 in UTC' })
