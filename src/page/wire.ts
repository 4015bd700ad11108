/** What the server sends: `GET /v1/tenants/{t}/overview`, and each event of `/live`. */

export interface Money {
  readonly amount: string
  readonly currency: string
}

export interface Pool {
  readonly country: string
  readonly plan: 'domestic' | 'international' | 'conference'
  readonly assignedLicences: number
  readonly totalSeconds: number
  readonly usedSeconds: number
  readonly reservedSeconds: number
  readonly availableSeconds: number
}

export interface Wallet {
  readonly balance: Money
  readonly reserved: Money
  readonly available: Money
  readonly lots: readonly { readonly amount: string; readonly expiresAt: string | null }[]
  readonly autoRecharge: {
    readonly enabled: boolean
    readonly threshold: Money
    readonly amount: Money
    readonly state: 'idle' | 'pending' | 'paused'
    readonly declines: number
  } | null
}

export interface LiveCall {
  readonly callId: string
  readonly userName: string | null
  readonly direction: string
  readonly callingNumber: string | null
  readonly calledNumber: string
  readonly classification: string
  readonly charged: boolean
  readonly elapsedSeconds: number
  readonly paid: readonly { readonly source: string; readonly seconds: number }[]
  readonly grant: {
    readonly source: string | null
    readonly grantedSeconds: number
    readonly remainingSeconds: number
  } | null
}

export interface CallRecord {
  readonly id: string
  readonly userName: string | null
  readonly direction: string
  readonly callingNumber: string | null
  readonly calledNumber: string
  readonly classification: string
  readonly result: 'ended' | 'refused'
  readonly startedAt: string
  readonly endCause: string
  readonly chargedSeconds: number
  readonly charge: Money
  readonly funding: readonly { readonly source: string; readonly seconds: number; readonly amount?: Money }[]
  readonly refusal: { readonly code: string } | null
}

export interface Overview {
  readonly tenant: {
    readonly id: string
    readonly name: string
    readonly country: string
    readonly timeZone: string
    readonly currency: string
    readonly licenceType: 'with-calling-plan' | 'without-calling-plan' | 'not-available'
    readonly sandbox: boolean
  }
  readonly now: string
  readonly clockStands: boolean
  readonly month: string
  readonly seats: readonly { readonly sku: string; readonly purchased: number; readonly assigned: number }[]
  readonly pools: readonly Pool[]
  readonly wallet: Wallet
  readonly calls: readonly LiveCall[]
  readonly records: readonly CallRecord[]
}

export interface TenantChoice {
  readonly id: string
  readonly name: string
  readonly key: string
}
