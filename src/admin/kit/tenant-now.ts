/** What time it is where the organisation is. */
import { serverNow } from '../data/live.ts'
import { useTenant } from '../data/session.ts'

/** The tenant's now: its own clock where it stands still. */
export function useTenantNow(): number {
  const { clock } = useTenant()
  return clock === null ? serverNow() : Date.parse(clock)
}

/** `2026-11-30`, as core/local-day.ts would say, without the calendars that it brings along. */
export const localDay = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(at)
