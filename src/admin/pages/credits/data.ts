/** What the page asks the API, and small things about money that its parts share. */
import { useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { forecastOut } from '../../../api/forecast.ts'
import type { paymentMethodOut, providerOut } from '../../../api/payment-method.ts'
import type { fundingOut, rechargeOut, walletOut } from '../../../api/wallet.ts'
import type { holdOut, movementOut, totalOut, walletDaysOut } from '../../../api/wallet-history.ts'
import { api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import type { PageOf } from '../../kit/use-pages.ts'
import type { MoneyText } from '../../words/format.ts'

export type Wallet = z.output<typeof walletOut>
export type Recharge = z.output<typeof rechargeOut>
export type Funding = z.output<typeof fundingOut>
export type Movement = z.output<typeof movementOut>
export type MovementTotal = z.output<typeof totalOut>
export type WalletDays = z.output<typeof walletDaysOut>
export type Hold = z.output<typeof holdOut>
export type Method = z.output<typeof paymentMethodOut>
export type Provider = z.output<typeof providerOut>
export type WalletForecast = NonNullable<z.output<typeof forecastOut>['wallet']>

const useRead = <T>(name: string, path: string, isOn = true) => {
  const { id } = useTenant()
  return useQuery({
    queryKey: [name, id],
    enabled: isOn,
    queryFn: ({ signal }) => api.get<T>(`/v1/tenants/${id}/${path}`, { signal }),
  })
}

export const useWallet = () => useRead<Wallet>('wallet', 'wallet')
export const useWalletDays = () => useRead<WalletDays>('wallet-days', 'wallet/days')
export const useRecharge = () => useRead<Recharge>('recharge', 'wallet/recharge')
export const useHolds = (isOn: boolean) => useRead<PageOf<Hold>>('holds', 'wallet/holds?limit=200', isOn)
export const useFundings = () => useRead<PageOf<Funding>>('fundings', 'wallet/fundings?limit=200')
export const useMethods = () => useRead<PageOf<Method>>('cards', 'payment-methods', useMay('card:read'))
export const useProvider = () => useRead<Provider>('card-provider', 'payment-provider', useMay('card:read'))
export const useForecast = () => useRead<z.output<typeof forecastOut>>('forecast', 'forecast', useMay('pool:read'))

/** What a change of money makes old. */
export const moneyKeys = (ten: string): string[][] =>
  [
    'wallet',
    'wallet-days',
    'recharge',
    'holds',
    'fundings',
    'cards',
    'movements',
    'movement-total',
    'forecast',
    'offers',
  ].map((name) => [name, ten])

/** Decimal text of the API as millionths. */
export const microsOf = ({ amount }: MoneyText): bigint => BigInt(amount.replace('.', ''))

export const isZero = ({ amount }: MoneyText): boolean => /^-?[0.]+$/.test(amount)

/** An amount of the API for a field: `50.000000` is `50`, `12.500000` is `12.50`. */
export const fieldAmount = ({ amount }: MoneyText): string => {
  const short = amount.replace(/\.?0+$/, '')
  return /\.\d$/.test(short) ? `${short}0` : short
}
