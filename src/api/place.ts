/** The three places where roles are held, as paths: the installation, a partner, a tenant. The same routes stand under each. */
import { z } from 'zod'
import type { PartnerId } from '../core/ids.ts'
import {
  INSTALLATION,
  kindOf,
  type Permission,
  type Place,
  type Role,
  type RolePlace,
  rolesOf,
} from '../core/permission.ts'
import type { Queryable } from '../store/db.ts'
import { findPartner, type PartnerRow } from '../store/partner.ts'
import { idOf } from './contract.ts'
import { Problem } from './problem.ts'
import { tenantOf, tenantParams } from './tenant.ts'

export const partnerParams = z.object({ partnerId: idOf<PartnerId>('partner') })

export interface PlaceKind {
  /** Before `/people` and `/invitations`. */
  readonly path: string
  readonly of: string
  readonly read: Permission
  readonly edit: Permission
  readonly roles: readonly [Role, ...Role[]]
}

const rolesAt = (place: RolePlace): [Role, ...Role[]] => rolesOf(place) as [Role, ...Role[]]

export const PLACES: readonly PlaceKind[] = [
  {
    path: '/v1',
    of: 'of the installation',
    read: 'operator:read',
    edit: 'operator:edit',
    roles: rolesAt('installation'),
  },
  {
    path: '/v1/partners/:partnerId',
    of: 'of a partner',
    read: 'partner:read',
    edit: 'partner:edit',
    roles: rolesAt('partner'),
  },
  {
    path: '/v1/tenants/:tenantId',
    of: 'of a tenant',
    read: 'person:read',
    edit: 'person:edit',
    roles: rolesAt('tenant'),
  },
]

const anyParams = tenantParams.partial().extend(partnerParams.partial().shape)

/** The parameters of a path under a place, with more. */
export const placeParams = <Shape extends z.ZodRawShape>(kind: PlaceKind, shape: Shape) => {
  const own = kind.path.includes(':tenantId')
    ? tenantParams.shape
    : kind.path.includes(':partnerId')
      ? partnerParams.shape
      : {}
  return z.object({ ...own, ...shape }) as unknown as z.ZodObject<typeof anyParams.shape & Shape>
}

export interface NamedPlace extends Place {
  /** Null: the installation. */
  readonly name: string | null
}

/** The place of the path, or 404. */
export async function placeOf(db: Queryable, params: z.output<typeof anyParams>): Promise<NamedPlace> {
  if (params.tenantId !== undefined) {
    const { tenantId, name } = await tenantOf(db, params.tenantId)
    return { tenantId, partnerId: null, name }
  }
  if (params.partnerId === undefined) return { ...INSTALLATION, name: null }
  const { partnerId, name } = await partnerOf(db, params.partnerId)
  return { tenantId: null, partnerId, name }
}

export async function partnerOf(db: Queryable, partnerId: PartnerId | null): Promise<PartnerRow> {
  const partner = partnerId === null ? null : await findPartner(db, partnerId)
  if (!partner) throw new Problem('not-found', { param: 'partnerId' })
  return partner
}

/** Roles of which each place must keep one holder, or nobody is left to invite another. */
export const mustStay = (place: Place, role: Role): boolean =>
  (kindOf(place) === 'tenant' && role === 'global-admin') || (kindOf(place) === 'installation' && role === 'operator')
