/**
 * What a file of users would do, row by row, and then does: rows find their users by id, mail, SIP name or number, or else by a name
 * that only one has; nobody twice. A row is done as a whole or not at all, and no row stops another.
 */
import { SKUS, type Sku } from './catalogue.ts'
import type { CsvRow } from './csv-import.ts'
import { foldText } from './fold.ts'
import type { UserId } from './ids.ts'
import type { E164 } from './numbering.ts'
import { type CellFault, readUserRow, type UserColumn, type UserMapping } from './user-csv.ts'
import {
  type Decided,
  type Directory,
  decide,
  type PoolEffects,
  poolEffects,
  type UserState,
  type UserWish,
  type WishRefusal,
} from './user-wish.ts'

export const IMPORT_ROWS_MAX = 10_000

export type RowFaultCode =
  | WishRefusal
  | 'cell-unreadable'
  | 'row-quotes'
  | 'row-columns'
  | 'user-unknown'
  | 'user-ambiguous'
  | 'user-twice'
  | 'name-missing'
  | 'location-missing'

export interface RowFault {
  readonly code: RowFaultCode
  /** The column at fault; null for the row as a whole. */
  readonly column: UserColumn | null
  /** What stands there, or the line that had the user before. */
  readonly cell: string
  /** What there is no seat of. */
  readonly sku?: Sku
}

/** What a row is about, before anybody's state is looked at. */
export type Row =
  | { readonly line: number; readonly fault: RowFault; readonly name: string }
  | { readonly line: number; readonly fault: null; readonly userId: UserId | null; readonly wish: UserWish }

export type Verdict = 'create' | 'change' | 'same' | 'error'

export interface RowVerdict {
  readonly line: number
  readonly verdict: Verdict
  readonly userId: UserId | null
  /** As it is, or will be. */
  readonly name: string
  readonly decided: Decided | null
  readonly fault: RowFault | null
}

export interface Member extends UserState {
  readonly userId: UserId
}

export type Found =
  | { readonly fault: 'user-unknown' | 'user-ambiguous' }
  | { readonly fault: null; readonly userId: UserId | null }

/** Everybody and everything that rows may be about; rows change it as they go. */
export class Roster {
  private readonly members = new Map<UserId, Member>()
  private readonly byEmail = new Map<string, UserId>()
  private readonly bySip = new Map<string, UserId>()
  private readonly byNumber = new Map<E164, UserId | null>()
  private readonly byName = new Map<string, Set<UserId>>()
  private readonly free = new Map<Sku, number>()
  private foreign: ReadonlySet<E164> = new Set()
  /** The line that each user had. */
  private readonly seen = new Map<UserId, number>()

  /** `numbers`: the tenant's own that nobody holds. */
  constructor(given: {
    readonly members: readonly Member[]
    readonly freeSeats: ReadonlyMap<Sku, number>
    readonly numbers: readonly E164[]
  }) {
    for (const [sku, count] of given.freeSeats) this.free.set(sku, count)
    for (const number of given.numbers) this.byNumber.set(number, null)
    for (const member of given.members) this.put(member)
  }

  /** What others hold, as `decide` asks for it. */
  readonly directory: Directory = {
    freeSeats: (sku) => this.free.get(sku) ?? 0,
    numberRefusal: (number, self) => {
      const holder = this.byNumber.get(number) ?? null
      return this.foreign.has(number) || (holder !== null && holder !== self) ? 'number-taken' : null
    },
    isEmailFree: (email, self) => (this.byEmail.get(email) ?? self) === self,
    isSipUsernameFree: (name, self) => (this.bySip.get(name) ?? self) === self,
  }

  /** Numbers that the tenant cannot have: others hold them, or services do. */
  forbid(numbers: ReadonlySet<E164>): void {
    this.foreign = numbers
  }

  member(userId: UserId): Member | undefined {
    return this.members.get(userId)
  }

  /**
   * The one whom a row is about: by id; by mail, SIP name or number; or by a name that one alone has, who has no such key yet. Null
   * for somebody new.
   */
  find(userId: UserId | null, wish: UserWish): Found {
    if (userId !== null) return this.members.has(userId) ? { fault: null, userId } : { fault: 'user-unknown' }
    const { email, sipUsername, number, name } = wish
    const key =
      (email ? this.byEmail.get(email) : undefined) ??
      (sipUsername ? this.bySip.get(sipUsername) : undefined) ??
      (number && !email && !sipUsername ? (this.byNumber.get(number) ?? undefined) : undefined)
    if (key !== undefined || name === undefined) return { fault: null, userId: key ?? null }
    const named = [...(this.byName.get(foldText(name)) ?? [])].filter((id) => {
      const member = this.members.get(id)
      return member && (!email || member.email === null) && (!sipUsername || member.sipUsername === null)
    })
    return named.length > 1 ? { fault: 'user-ambiguous' } : { fault: null, userId: named[0] ?? null }
  }

  /** The line where this user was before; null the first time. */
  see(userId: UserId, line: number): number | null {
    const before = this.seen.get(userId)
    if (before !== undefined && before !== line) return before
    this.seen.set(userId, line)
    return null
  }

  /** What was decided has happened. */
  apply(userId: UserId, { before, after, added, removed }: Decided): void {
    if (before) this.drop(userId)
    this.put({ ...after, userId })
    for (const sku of added) this.free.set(sku, (this.free.get(sku) ?? 0) - 1)
    for (const sku of removed) this.free.set(sku, (this.free.get(sku) ?? 0) + 1)
  }

  private put(member: Member): void {
    const { userId, email, sipUsername } = member
    this.members.set(userId, member)
    if (email !== null) this.byEmail.set(email, userId)
    if (sipUsername !== null) this.bySip.set(sipUsername, userId)
    for (const number of member.numbers) this.byNumber.set(number, userId)
    const name = foldText(member.name)
    this.byName.set(name, (this.byName.get(name) ?? new Set()).add(userId))
  }

  private drop(userId: UserId): void {
    const member = this.members.get(userId)
    if (!member) return
    if (member.email !== null) this.byEmail.delete(member.email)
    if (member.sipUsername !== null) this.bySip.delete(member.sipUsername)
    for (const number of member.numbers) this.byNumber.set(number, null)
    this.byName.get(foldText(member.name))?.delete(userId)
  }
}

export interface ImportOptions {
  readonly mapping: UserMapping
  /** Rows about nobody who is there make somebody new; otherwise they are errors. */
  readonly mayCreate: boolean
}

/** Reads a row. Numbers written as at home are those of the row's own location, or of the user's. */
export function readRow(row: CsvRow, { mapping }: ImportOptions, roster: Roster): Row {
  const { line } = row
  const name = mapping.name === undefined ? '' : (row.cells[mapping.name] ?? '')
  if (row.flaw !== null) {
    const code = row.flaw === 'quotes' ? 'row-quotes' : 'row-columns'
    return { line, fault: { code, column: null, cell: '' }, name: '' }
  }
  const read = readUserRow(row.cells, mapping, (wish) => {
    if (wish.usageLocation !== undefined) return wish.usageLocation
    const found = roster.find(null, wish)
    const userId = found.fault === null ? found.userId : null
    return userId === null ? null : (roster.member(userId)?.usageLocation ?? null)
  })
  if ('column' in read) return { line, fault: cellFault(read), name }
  return { line, fault: null, ...read }
}

const cellFault = ({ column, cell }: CellFault): RowFault => ({
  code: 'cell-unreadable',
  column,
  cell: cell.slice(0, 100),
})

/** A row, and the user whom it is about: null for somebody new. */
export type Target = { readonly fault: RowFault } | { readonly fault: null; readonly userId: UserId | null }

/** Finds the user of a row and notes that it was there. */
export function targetOf(row: Row, roster: Roster, { mayCreate }: Pick<ImportOptions, 'mayCreate'>): Target {
  if (row.fault !== null) return { fault: row.fault }
  const found = roster.find(row.userId, row.wish)
  const fault = (code: RowFaultCode, column: UserColumn | null, cell = ''): Target => ({
    fault: { code, column, cell },
  })
  if (found.fault !== null) {
    const isUnknown = found.fault === 'user-unknown'
    return fault(found.fault, isUnknown ? 'id' : 'name', isUnknown ? '' : (row.wish.name ?? ''))
  }
  const { userId } = found
  if (userId === null) return mayCreate ? found : fault('user-unknown', null)
  const before = roster.see(userId, row.line)
  return before === null ? found : fault('user-twice', null, String(before))
}

/** What a row would do, and the roster as it would be then. `freshId`: of somebody new. */
export function judge(row: Row, roster: Roster, options: ImportOptions, freshId: () => UserId): RowVerdict {
  const target = targetOf(row, roster, options)
  const named = row.fault === null ? (row.wish.name ?? '') : row.name
  if (target.fault !== null || row.fault !== null) {
    const fault = target.fault ?? row.fault
    return { line: row.line, verdict: 'error', userId: null, name: named, decided: null, fault }
  }
  const { userId } = target
  const before = userId === null ? null : (roster.member(userId) ?? null)
  const name = named || (before?.name ?? '')
  const decided = decide(before, row.wish, roster.directory, userId)
  if (decided.refused !== null) {
    const { refused, param, sku } = decided
    const fault = { code: refused, column: param as UserColumn, cell: '', ...(sku === undefined ? {} : { sku }) }
    return { line: row.line, verdict: 'error', userId, name, decided: null, fault }
  }
  const id = userId ?? freshId()
  roster.apply(id, decided)
  if (userId === null) roster.see(id, row.line)
  const verdict = userId === null ? 'create' : decided.isSame ? 'same' : 'change'
  return { line: row.line, verdict, userId, name, decided, fault: null }
}

export interface ImportSummary {
  readonly counts: Readonly<Record<Verdict, number>>
  /** Rows that only a seat is missing for, by what it is a seat of. */
  readonly missing: ReadonlyMap<Sku, number>
  readonly added: ReadonlyMap<Sku, number>
  readonly removed: ReadonlyMap<Sku, number>
  readonly pools: PoolEffects
}

/** Adds verdicts up. */
export function summarise(verdicts: readonly RowVerdict[]): ImportSummary {
  const counts = { create: 0, change: 0, same: 0, error: 0 }
  for (const { verdict } of verdicts) counts[verdict]++
  const count = (of: (verdict: RowVerdict) => readonly Sku[]): ReadonlyMap<Sku, number> => {
    const found = new Map<Sku, number>()
    for (const verdict of verdicts) for (const sku of of(verdict)) found.set(sku, (found.get(sku) ?? 0) + 1)
    return new Map(SKUS.flatMap((sku) => (found.has(sku) ? [[sku, found.get(sku) ?? 0] as const] : [])))
  }
  return {
    counts,
    missing: count(({ fault }) => (fault?.code === 'no-seat-left' && fault.sku ? [fault.sku] : [])),
    added: count(({ decided }) => decided?.added ?? []),
    removed: count(({ decided }) => decided?.removed ?? []),
    pools: poolEffects(verdicts.flatMap(({ decided }) => (decided ? [decided] : []))),
  }
}
