/** Where a number shall be: a city or an area code, as far as there are numbers to be had. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { NumberType } from '../../../core/number.ts'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { useTicking } from '../../kit/ticking.ts'
import { folded } from '../../shell/fold.ts'
import { useWords } from '../../words/use.tsx'
import { type Offers, useLocations } from '../numbers/data.ts'
import { TypeAhead } from '../settings/type-ahead.tsx'
import type { SetUp } from './data.ts'
import { placeWords } from './words.ts'

export type Place = Offers['places'][number]

/** What can be had in the tenant's own country. */
export function usePlaces(type: NumberType, isOn = true) {
  const { id, country } = useTenant()
  return useQuery({
    queryKey: ['number-offers', id, country, type],
    enabled: isOn,
    queryFn: async ({ signal }) => {
      const query = { country, type }
      const { offers, places } = await api.get<Offers>(`/v1/tenants/${id}/number-offers`, { query, signal })
      return { places, left: offers.find((one) => one.country === country && one.type === type)?.count ?? 0 }
    },
  })
}

/** Where the organisation is: the city of its emergency location, as far as numbers can be had there. */
export function useHomePlace(setUp: SetUp, places: readonly Place[]): Place | null {
  const { country } = useTenant()
  const { data } = useLocations(country)
  const city = data?.data.find(({ id }) => id === setUp.locationId)?.address.city ?? ''
  return places.find((place) => folded(place.city) === folded(city)) ?? places[0] ?? null
}

/** `Toronto (416)`, as it is shown and typed. */
export const placeText = ({ city, areaCode }: Pick<Place, 'city' | 'areaCode'>): string =>
  [city, areaCode === '' ? '' : `(${areaCode})`].filter(Boolean).join(' ')

export const wishOf = ({ city, areaCode }: Pick<Place, 'city' | 'areaCode'>) => ({
  ...(city === '' ? {} : { city }),
  ...(areaCode === '' ? {} : { areaCode }),
})

interface PlaceChoiceProps {
  readonly places: readonly Place[]
  readonly value: Place | null
  readonly onChange: (place: Place) => void
}

export function PlaceChoice({ places, value, onChange }: PlaceChoiceProps) {
  const t = useWords(placeWords)
  const byText = useMemo(() => new Map(places.map((place) => [placeText(place), place])), [places])
  return (
    <TypeAhead
      label={t('place')}
      name="place"
      options={[...byText.keys()]}
      value={value === null ? '' : placeText(value)}
      {...(value === null ? {} : { hint: t('left', { count: value.count }) })}
      onChange={(text) => {
        const place = byText.get(text)
        if (place) onChange(place)
      }}
    />
  )
}

/** How long numbers are kept, or that they went back. */
export function HeldFor({ until }: { readonly until: string | null }) {
  const t = useWords(placeWords)
  const now = useTicking(until === null ? null : 1_000)
  const left = until === null ? 0 : Math.max(0, Math.ceil((Date.parse(until) - now) / 1_000))
  const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
  return (
    <span className={left <= 60 ? 'gs-held gs-held-soon num' : 'gs-held num'} role="timer">
      {left === 0 ? t('ended') : t('held', { time })}
    </span>
  )
}
