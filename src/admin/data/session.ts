/** Who is signed in, where they are, and what they may do there: hooks over `GET /v1/me` and the tenant of the address. */
import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { createContext, useContext } from 'react'
import type { Permission, Role } from '../../core/permission.ts'
import type { Language } from '../../core/problems.ts'
import { api, isProblem } from './client.ts'
import { queryClient } from './query.ts'
import { forget, store } from './storage.ts'

export interface Me {
  readonly name: string
  readonly person: {
    readonly id: string
    readonly email: string
    readonly name: string
    readonly language: Language
  } | null
  /** Of the installation, or of the partner: what is not about one tenant. */
  readonly permissions: readonly Permission[]
  /** The resellers whose person this is. */
  readonly partners: readonly { readonly id: string; readonly name: string }[]
  readonly tenants: readonly TenantOfMe[]
}

export interface TenantOfMe {
  readonly id: string
  readonly name: string
  readonly roles: readonly Role[]
  readonly permissions: readonly Permission[]
}

/** `GET /v1/tenants/{t}`. */
export interface Tenant {
  readonly id: string
  readonly name: string
  readonly country: string
  readonly timeZone: string
  readonly currency: string
  readonly licenceType: 'with-calling-plan' | 'without-calling-plan' | 'not-available'
  readonly sandbox: boolean
  /** Where the clock of a sandbox is frozen; null follows real time. */
  readonly clock: string | null
  readonly callingPolicy: string
  readonly createdAt: string
}

export const ME = ['me'] as const

/** Null: nobody is signed in. */
export const readMe = async (signal?: AbortSignal): Promise<Me | null> => {
  try {
    const me = await api.get<Me>('/v1/me', signal ? { signal } : {})
    store('signed-in', me.person === null ? null : 'yes')
    return me
  } catch (error) {
    if (!isProblem(error, 'unauthorized')) throw error
    store('signed-in', null)
    return null
  }
}

export const meQuery = {
  queryKey: ME,
  queryFn: ({ signal }: { signal: AbortSignal }) => readMe(signal),
  staleTime: 60_000,
}

/** The session; for pages behind the sign-in, where there always is one. */
export function useSession(): Me & { readonly person: NonNullable<Me['person']> } {
  const { data } = useSuspenseQuery(meQuery)
  if (!data?.person) throw new Error('nobody is signed in')
  return { ...data, person: data.person }
}

/** The same where there may be none: public pages. */
export function useMaybeSession(): Me | null {
  return useQuery({ ...meQuery, enabled: false }).data ?? null
}

/** The tenant of the address, `ten_…`; null outside of `/t/…`. */
export function useTenantId(): string | null {
  const { ten } = useParams({ strict: false }) as { ten?: string }
  return ten ?? null
}

export const TenantContext = createContext<Tenant | null>(null)

/** The tenant of the address, in full. Only inside of `/t/…`. */
export function useTenant(): Tenant {
  const tenant = useContext(TenantContext)
  if (!tenant) throw new Error('this page lies outside of a tenant')
  return tenant
}

export const useMaybeTenant = (): Tenant | null => useContext(TenantContext)

/** What may be done here: at the tenant of the address, or (outside of one) at the installation. */
export function usePermissions(): ReadonlySet<Permission> {
  const me = useMaybeSession()
  const ten = useTenantId()
  return permissionsAt(me, ten)
}

export function permissionsAt(me: Me | null, tenantId: string | null): ReadonlySet<Permission> {
  if (!me) return new Set()
  const here = tenantId === null ? null : me.tenants.find(({ id }) => id === tenantId)
  // An operator may do everywhere what they may do at all, beyond the tenants that the list shows.
  return new Set([...me.permissions, ...(here?.permissions ?? [])])
}

/** `const mayEdit = useMay('user:edit')`. */
export const useMay = (permission: Permission): boolean => usePermissions().has(permission)

/** The roles held at the tenant of the address; an operator's and a partner's are among them. */
export function useRoles(): readonly Role[] {
  const me = useMaybeSession()
  const ten = useTenantId()
  return me?.tenants.find(({ id }) => id === ten)?.roles ?? []
}

/** Somebody has just signed in. */
export async function signedIn(): Promise<Me | null> {
  store('signed-in', 'yes')
  return queryClient.fetchQuery({ ...meQuery, staleTime: 0 })
}

/** Ends the session and forgets what was shown and typed. */
export async function signOut(): Promise<void> {
  await api.post('/v1/sign-out')
  store('signed-in', null)
  forget('draft.', 'session')
  queryClient.clear()
  location.assign('/sign-in')
}
