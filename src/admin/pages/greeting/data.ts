/** Greetings and menus as the pages have them: the API's words, with the ids as text. */
import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { attendantOut, attendantSettings, promptOut } from '../../../api/schema/attendant.ts'
import type { MenuKey } from '../../../core/attendant.ts'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import type { PageOf } from '../../kit/use-pages.ts'

export type Settings = z.input<typeof attendantSettings>
export type Attendant = z.output<typeof attendantOut>
export type Prompt = z.output<typeof promptOut>
export type MenuSettings = NonNullable<Settings['menu']>
export type Target = NonNullable<Settings['forward']>
export type Hours = NonNullable<Settings['afterHours']>['hours']

/** What is wrong with a draft, by the place in the form. */
export type Faults = Readonly<Record<string, string>>

export const attendantsKey = (tenantId: string) => ['attendants', tenantId]

export function useAttendants() {
  const { id } = useTenant()
  return useQuery({
    queryKey: attendantsKey(id),
    queryFn: ({ signal }) =>
      api.get<PageOf<Attendant>>(`/v1/tenants/${id}/attendants`, { query: { limit: 50 }, signal }),
  })
}

export function usePrompt(promptId: string | null) {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['prompt', id, promptId],
    queryFn: ({ signal }) => api.get<Prompt>(`/v1/tenants/${id}/prompts/${promptId}`, { signal }),
    enabled: promptId !== null,
  })
}

/** A new menu, with one key to begin with. */
export const newMenu = (): MenuSettings => ({
  prompt: null,
  keys: { '1': null },
  waitSeconds: 5,
  attempts: 3,
  otherwise: { to: 'hang-up' },
})

const WORKDAY = [{ from: '09:00', to: '17:00' }]

export const newHours = (): Hours => [WORKDAY, WORKDAY, WORKDAY, WORKDAY, WORKDAY, [], []]

/** The keys that a menu has, in the order of the keypad. */
export const keysOf = (menu: MenuSettings, order: readonly MenuKey[]): MenuKey[] =>
  order.filter((key) => menu.keys[key] !== undefined)
