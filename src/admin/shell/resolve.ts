/** From an id, a number or a name to the page that shows it: what the palette and `/go/…` share. */
import { api, isProblem } from '../data/client.ts'
import { PAGES } from '../pages.ts'

/** One of `GET /v1/tenants/{t}/search`. */
export interface Found {
  readonly kind: 'user' | 'number' | 'call'
  readonly id: string
  readonly title: string
  readonly subtitle: string | null
  /** Of a number: who has it. */
  readonly userId: string | null
}

/** The page of something that was found. A number is shown where it rings, while it has no page of its own. */
export function hrefOf(tenantId: string, { kind, id, title, userId }: Found): string {
  const at = (page: string): string => `/t/${tenantId}/${page}`
  if (kind === 'user') return at(`users/${id}`)
  if (kind === 'call') return at(`calls/${id}`)
  if (PAGES.some(({ nav }) => nav === 'numbers')) return at(`numbers/${id}`)
  return userId === null ? at(`users?q=${encodeURIComponent(title)}`) : at(`users/${userId}`)
}

/** An id as it is written: pasted from a table or a mail it may be in capitals. */
const idIn = (text: string): string => (/^[a-z]+_[0-9a-z]{26}$/i.test(text) ? text.toLowerCase() : text)

/** The page of an id by its prefix alone; null: it takes a look. */
export function placeOfId(tenantId: string, pasted: string): string | null {
  const text = idIn(pasted)
  if (/^ten_[0-9a-z]{26}$/.test(text)) return `/t/${text}`
  if (/^usr_[0-9a-z]{26}$/.test(text)) return `/t/${tenantId}/users/${text}`
  if (/^call_[0-9a-z]{26}$/.test(text)) return `/t/${tenantId}/calls/${text}`
  return null
}

export const search = (tenantId: string, text: string, signal?: AbortSignal): Promise<{ data: readonly Found[] }> =>
  api.get(`/v1/tenants/${tenantId}/search`, { query: { q: idIn(text) }, ...(signal ? { signal } : {}) })

/** Where an id, a number or a name leads; null: nowhere. A name that several have leads to the list of them. */
export async function resolve(tenantId: string, text: string): Promise<string | null> {
  const known = placeOfId(tenantId, text)
  if (known !== null) return known
  try {
    return hrefOf(tenantId, await api.get<Found>(`/v1/tenants/${tenantId}/resolve`, { query: { q: idIn(text) } }))
  } catch (error) {
    if (!isProblem(error) || error.status !== 404) throw error
  }
  const { data } = await search(tenantId, text)
  const [only] = data
  if (!only) return null
  return data.length === 1 ? hrefOf(tenantId, only) : `/t/${tenantId}/users?q=${encodeURIComponent(text)}`
}
