/**
 * Who may do what (A1, facts §14): the one table that the API, the console's menu and docs/permissions.md share. A role is held at
 * one of three places: the installation, a partner (and so each tenant that the partner looks after), or one tenant.
 */
import type { PartnerId, TenantId } from './ids.ts'
import type { Language } from './problems.ts'

export const ROLES = [
  'operator',
  'partner',
  'global-admin',
  'billing-admin',
  'user-admin',
  'communications-admin',
  'read-only',
  'user',
] as const
export type Role = (typeof ROLES)[number]

export type RolePlace = 'installation' | 'partner' | 'tenant'

/** Where a role is held. Both null: the installation; at most one is not. */
export interface Place {
  readonly partnerId: PartnerId | null
  readonly tenantId: TenantId | null
}

export const INSTALLATION: Place = { partnerId: null, tenantId: null }

export const kindOf = ({ partnerId, tenantId }: Place): RolePlace => {
  if (tenantId !== null) return 'tenant'
  return partnerId === null ? 'installation' : 'partner'
}

interface RoleKind {
  readonly place: RolePlace
  readonly name: Readonly<Record<Language, string>>
}

export const ROLE_KINDS: Readonly<Record<Role, RoleKind>> = {
  operator: { place: 'installation', name: { en: 'Operator', fr: 'Exploitant' } },
  partner: { place: 'partner', name: { en: 'Partner', fr: 'Partenaire' } },
  'global-admin': { place: 'tenant', name: { en: 'Global admin', fr: 'Administrateur général' } },
  'billing-admin': { place: 'tenant', name: { en: 'Billing admin', fr: 'Administrateur de facturation' } },
  'user-admin': { place: 'tenant', name: { en: 'User admin', fr: 'Administrateur des utilisateurs' } },
  'communications-admin': {
    place: 'tenant',
    name: { en: 'Communications admin', fr: 'Administrateur des communications' },
  },
  'read-only': { place: 'tenant', name: { en: 'Read-only', fr: 'Lecture seule' } },
  user: { place: 'tenant', name: { en: 'User', fr: 'Utilisateur' } },
}

/** The roles that can be held at a kind of place. */
export const rolesOf = (place: RolePlace): readonly Role[] => ROLES.filter((role) => ROLE_KINDS[role].place === place)

/** `operator`: everything. `tenant`: everything of one tenant. `switch`: credit control. `read`: look only. */
export const SCOPES = ['operator', 'tenant', 'switch', 'read'] as const
export type Scope = (typeof SCOPES)[number]

/** A person's role, or an API key's scope. */
export type Holder = Role | `key:${Scope}`

export const HOLDERS: readonly Holder[] = [...ROLES, ...SCOPES.map((scope) => `key:${scope}` as const)]

const OPERATOR = ['operator', 'key:operator'] as const
const ADMINS = ['global-admin', 'billing-admin', 'user-admin', 'communications-admin', 'read-only'] as const
const LOOKERS = [...OPERATOR, 'partner', ...ADMINS, 'key:tenant', 'key:read'] as const

/** `resource:action` → who holds it. */
export const PERMISSIONS = {
  // One's own account: whoever is signed in.
  'me:read': [...ROLES, 'key:operator', 'key:tenant', 'key:read'],
  'me:edit': ROLES,
  // The installation.
  'tenant:list': OPERATOR,
  'tenant:create': OPERATOR,
  'catalogue:read': OPERATOR,
  'catalogue:edit': OPERATOR,
  'rate-deck:read': OPERATOR,
  'rate-deck:edit': OPERATOR,
  'number-stock:read': OPERATOR,
  'number-stock:edit': OPERATOR,
  'api-key:read': OPERATOR,
  'api-key:edit': OPERATOR,
  'operator:read': OPERATOR,
  'operator:edit': OPERATOR,
  'partner:read': OPERATOR,
  'partner:edit': OPERATOR,
  // A tenant.
  'tenant:read': [...LOOKERS, 'user'],
  'tenant:edit': [...OPERATOR, 'global-admin', 'key:tenant'],
  'overview:read': LOOKERS,
  'user:read': LOOKERS,
  'user:view-as': [...OPERATOR, 'partner', 'global-admin', 'user-admin'],
  'user:bulk': [
    ...OPERATOR,
    'partner',
    'global-admin',
    'billing-admin',
    'user-admin',
    'communications-admin',
    'key:tenant',
  ],
  'user:edit': [...OPERATOR, 'partner', 'global-admin', 'user-admin', 'key:tenant'],
  'policy:read': [
    ...OPERATOR,
    'partner',
    'global-admin',
    'communications-admin',
    'read-only',
    'key:tenant',
    'key:read',
  ],
  'policy:edit': [...OPERATOR, 'partner', 'global-admin', 'communications-admin', 'key:tenant'],
  'licence:read': LOOKERS,
  'licence:buy': [...OPERATOR, 'partner', 'global-admin', 'billing-admin', 'key:tenant'],
  'licence:order-without-plan': [...OPERATOR, 'partner'],
  'licence:assign': [...OPERATOR, 'partner', 'global-admin', 'billing-admin', 'user-admin', 'key:tenant'],
  'number:read': LOOKERS,
  'number:edit': OPERATOR,
  'number:assign': [...OPERATOR, 'partner', 'global-admin', 'communications-admin', 'key:tenant'],
  'number:order': [...OPERATOR, 'partner', 'global-admin', 'communications-admin', 'key:tenant'],
  'location:read': LOOKERS,
  'location:edit': [...OPERATOR, 'partner', 'global-admin', 'communications-admin', 'key:tenant'],
  'attendant:read': [
    ...OPERATOR,
    'partner',
    'global-admin',
    'user-admin',
    'communications-admin',
    'read-only',
    'key:tenant',
    'key:read',
  ],
  'attendant:edit': [...OPERATOR, 'partner', 'global-admin', 'communications-admin', 'key:tenant'],
  'getting-started:edit': [...OPERATOR, 'global-admin', 'key:tenant'],
  'port:read': [
    ...OPERATOR,
    'partner',
    'global-admin',
    'user-admin',
    'communications-admin',
    'read-only',
    'key:tenant',
    'key:read',
  ],
  'port:edit': [...OPERATOR, 'partner', 'global-admin', 'communications-admin', 'key:tenant'],
  'port:work': OPERATOR,
  'pool:read': LOOKERS,
  'wallet:read': [
    ...OPERATOR,
    'global-admin',
    'billing-admin',
    'communications-admin',
    'read-only',
    'key:tenant',
    'key:read',
  ],
  'wallet:fund': [...OPERATOR, 'global-admin', 'billing-admin', 'key:tenant'],
  'wallet:credit': OPERATOR,
  'wallet:overdraft': OPERATOR,
  'card:read': [...OPERATOR, 'global-admin', 'billing-admin', 'read-only', 'key:tenant', 'key:read'],
  'card:edit': [...OPERATOR, 'global-admin', 'billing-admin', 'key:tenant'],
  'statement:read': [...OPERATOR, 'global-admin', 'billing-admin', 'read-only', 'key:tenant', 'key:read'],
  'call:read': LOOKERS,
  'call:hang-up': [...OPERATOR, 'global-admin', 'communications-admin', 'key:tenant'],
  'call:charge': [...OPERATOR, 'key:tenant', 'key:switch'],
  'advice:read': LOOKERS,
  'price:read': [...LOOKERS, 'user'],
  'books:read': LOOKERS,
  'job:read': LOOKERS,
  'audit-log:read': [
    ...OPERATOR,
    'global-admin',
    'billing-admin',
    'user-admin',
    'communications-admin',
    'read-only',
    'key:tenant',
    'key:read',
  ],
  'webhook:read': [...OPERATOR, 'global-admin', 'read-only', 'key:tenant', 'key:read'],
  'webhook:edit': [...OPERATOR, 'global-admin', 'key:tenant'],
  'sandbox:edit': [...OPERATOR, 'global-admin', 'key:tenant'],
  'tenant-key:read': [...OPERATOR, 'global-admin', 'read-only'],
  'tenant-key:edit': [...OPERATOR, 'global-admin'],
  'person:read': [...OPERATOR, 'global-admin', 'read-only', 'key:tenant', 'key:read'],
  'person:edit': [...OPERATOR, 'global-admin'],
  'partner-case:read': LOOKERS,
  'partner-case:edit': [...OPERATOR, 'global-admin', 'billing-admin', 'communications-admin', 'key:tenant'],
  'partner-access:edit': [...OPERATOR, 'global-admin'],
  'trunk:read': LOOKERS,
  'trunk:edit': [...OPERATOR, 'partner', 'global-admin', 'communications-admin', 'key:tenant'],
} as const satisfies Record<string, readonly Holder[]>

export type Permission = keyof typeof PERMISSIONS

export const ALL_PERMISSIONS = Object.keys(PERMISSIONS) as Permission[]

/** May the holder do it, at the place where the role is held? */
export const isPermitted = (holder: Holder, permission: Permission): boolean =>
  (PERMISSIONS[permission] as readonly Holder[]).includes(holder)

/** What any of the holders may. */
export const permissionsOf = (holders: readonly Holder[]): ReadonlySet<Permission> =>
  new Set(ALL_PERMISSIONS.filter((permission) => holders.some((holder) => isPermitted(holder, permission))))

/** What a person may who holds no role at the place in question: one's own account, and nothing else. */
export const OWN_ACCOUNT: ReadonlySet<Permission> = new Set(['me:read', 'me:edit'])

/** The scopes of which a key needs one: for the description of the API. */
export const scopesFor = (permission: Permission): readonly Scope[] =>
  SCOPES.filter((scope) => isPermitted(`key:${scope}`, permission))
