/** Who calls outside: a licence, a number and the emergency location for each, at most as many as there are licences. */
import { Button, Checkbox, Input } from '@fluentui/react-components'
import { PersonAddRegular, SearchRegular } from '@fluentui/react-icons'
import { useState } from 'react'
import { allowanceSeconds } from '../../../core/catalogue.ts'
import { api, newIntent } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Face } from '../../kit/face.tsx'
import { Go } from '../../kit/go.tsx'
import { PhoneNumber } from '../../kit/phone-number.tsx'
import { BlockError, Skeleton } from '../../kit/skeleton.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { rich, useFormats, useWords } from '../../words/use.tsx'
import { type NumberOrder, numbersChanged } from '../numbers/data.ts'
import { AddUser, useSeats } from '../users/add-user.tsx'
import { type ShownUser, usersKey } from '../users/data.ts'
import { useSaving } from './data.ts'
import { StepFrame, type StepProps } from './frame.tsx'
import { HeldFor, type Place, PlaceChoice, useHomePlace, usePlaces, wishOf } from './places.tsx'
import { licencesStepWords } from './words.ts'

const SKU = 'voice-with-calling-plan'
const PAGE = 50

/** Whom a licence makes able to call: who lacks it, or a number. */
interface Person {
  readonly id: string
  readonly hasLicence: boolean
  readonly hasNumber: boolean
}

const personOf = ({ id, licences, number }: ShownUser): Person => ({
  id,
  hasLicence: licences.includes(SKU),
  hasNumber: number !== null,
})

export function LicencesStep({ setUp }: StepProps) {
  const t = useWords(licencesStepWords)
  const { id, country } = useTenant()
  const saving = useSaving(setUp)
  const held = setUp.licences?.order ?? null
  const [q, setQ] = useState('')
  const [isAdding, setAdding] = useState(false)
  const [place, setPlace] = useState<Place | null>(null)
  const [temporary, setTemporary] = useState(
    setUp.licences?.temporary ?? (setUp.number ?? setUp.company)?.temporary ?? false,
  )
  // Of those who were chosen before it is known here only who they are: that they lack a licence, the wizard itself says.
  const [chosen, setChosen] = useState<ReadonlyMap<string, Person>>(
    () =>
      new Map(
        setUp.licences?.people.map((one) => [one.userId, { id: one.userId, hasLicence: false, hasNumber: false }]) ??
          [],
      ),
  )
  const query = { q, location: country, sort: 'name', limit: PAGE }
  const { items, table } = usePages<ShownUser>(
    [...usersKey(id), 'getting-started', query],
    `/v1/tenants/${id}/users`,
    query,
  )
  const places = usePlaces('user')
  const seats = useSeats().data?.data.find(({ sku }) => sku === SKU)
  const free = (seats?.purchased ?? 0) - (seats?.assigned ?? 0)
  const known = new Map(items?.map((user) => [user.id, personOf(user)]))
  const people = [...chosen.values()].map((one) => known.get(one.id) ?? one)
  const wanted = people.filter(({ hasLicence }) => !hasLicence).length
  const lacking = people.filter(({ hasNumber }) => !hasNumber).length
  const short = Math.max(0, wanted - free)
  const home = useHomePlace(setUp, places.data?.places ?? [])
  const where =
    place ?? places.data?.places.find(({ city, areaCode }) => city === held?.city && areaCode === held.areaCode) ?? home
  const isSame =
    setUp.licences !== null &&
    temporary === setUp.licences.temporary &&
    setUp.licences.people.length === people.length &&
    setUp.licences.people.every(({ userId }) => chosen.has(userId)) &&
    (held === null || (held.heldUntil !== null && (place === null || place.city === held.city)))

  const toggle = (user: ShownUser, isOn: boolean): void => {
    const next = new Map(chosen)
    if (isOn) next.set(user.id, personOf(user))
    else next.delete(user.id)
    setChosen(next)
  }

  const next = async (): Promise<boolean> => {
    if (isSame) return true
    const userIds = people.map((one) => one.id)
    if (userIds.length === 0 || lacking === 0) {
      return (await saving.put('licences', { userIds, orderId: null, temporary })) !== null
    }
    const wish = { country, type: 'user', quantity: lacking, ...(where === null ? {} : wishOf(where)) }
    const order = await saving.run(() =>
      api.post<NumberOrder>(
        `/v1/tenants/${id}/number-orders`,
        { ...wish, ...(held === null ? {} : { again: held.orderId }) },
        { intent: newIntent() },
      ),
    )
    if (!order) return false
    void numbersChanged(id)
    return (await saving.put('licences', { userIds, orderId: order.id, temporary })) !== null
  }

  const isDone = setUp.steps.some(({ step, state }) => step === 'licences' && state === 'done')
  return (
    <StepFrame
      step="licences"
      saving={saving}
      onNext={next}
      mayNext={short === 0 && (people.length > 0 || isDone || setUp.licences !== null)}
      isDone={isDone && people.length === 0}
      wayOut={saving.problem?.code === 'number-quota-reached' && <Go to="billing/purchase">{t('buy')}</Go>}
    >
      <Own purchased={seats?.purchased ?? 0} assigned={seats?.assigned ?? 0} adding={wanted} short={short} />
      <div className="gs-people">
        <div className="gs-tools">
          <Input
            type="search"
            value={q}
            aria-label={t('search')}
            placeholder={t('search')}
            contentBefore={<SearchRegular />}
            onChange={(_, { value }) => setQ(value)}
          />
          <Button icon={<PersonAddRegular />} onClick={() => setAdding(true)}>
            {t('add')}
          </Button>
        </div>
        {items === undefined ? (
          table.error ? (
            <BlockError error={table.error} onRetry={table.onRetry} />
          ) : (
            <Skeleton lines={4} />
          )
        ) : items.length === 0 ? (
          <EmptyState sentence={q === '' ? t('nobody') : t('noMatch')} />
        ) : (
          <ul>
            {items.map((user) => (
              <Row key={user.id} user={user} isOn={chosen.has(user.id)} onChange={(isOn) => toggle(user, isOn)} />
            ))}
          </ul>
        )}
        {table.hasMore && (
          <Button size="small" appearance="subtle" disabled={table.isLoadingMore} onClick={table.onMore}>
            {t('more')}
          </Button>
        )}
      </div>
      {lacking > 0 && (
        <div className="gs-numbers">
          {places.data?.places.length === 0 ? (
            <p className="k-quiet">{t('nothing')}</p>
          ) : (
            <PlaceChoice places={places.data?.places ?? []} value={where} onChange={setPlace} />
          )}
          <Checkbox
            checked={temporary}
            onChange={(_, { checked }) => setTemporary(checked === true)}
            label={t('temporary')}
          />
          <p className="k-quiet" role="status">
            {where === null
              ? null
              : rich(t(temporary ? 'eachTemporary' : 'each', { city: where.city }), {
                  b: (inside) => <span translate="no">{inside}</span>,
                })}
            {held?.heldUntil && isSame && (
              <>
                {' '}
                <HeldFor until={held.heldUntil} />
              </>
            )}
          </p>
        </div>
      )}
      {isAdding && <AddUser onClose={() => setAdding(false)} />}
    </StepFrame>
  )
}

interface OwnProps {
  readonly purchased: number
  readonly assigned: number
  readonly adding: number
  readonly short: number
}

/** L5, P2: bought, assigned, and what the assigned ones make of the pool. */
function Own({ purchased, assigned, adding, short }: OwnProps) {
  const t = useWords(licencesStepWords)
  const formats = useFormats()
  const { country } = useTenant()
  const minutes = (licences: number): number => (licences * allowanceSeconds(country, 'domestic')) / 60
  return (
    <div className="gs-own" role="status">
      <p className="num">
        {t('own', { own: formats.number(purchased), assigned: formats.number(assigned) })}
        {adding > 0 && <b> {t('adding', { count: adding })}</b>}
      </p>
      <p className="num">{t('pool', { country, minutes: minutes(Math.min(purchased, assigned + adding)) })}</p>
      {(short > 0 || purchased === 0) && (
        <p className="gs-short">
          {purchased === 0 ? t('none') : t('short', { count: short })} <Go to="billing/purchase">{t('buy')}</Go>
        </p>
      )}
    </div>
  )
}

interface RowProps {
  readonly user: ShownUser
  readonly isOn: boolean
  readonly onChange: (isOn: boolean) => void
}

function Row({ user, isOn, onChange }: RowProps) {
  const t = useWords(licencesStepWords)
  const { hasLicence, hasNumber } = personOf(user)
  const isReady = hasLicence && hasNumber
  return (
    <li>
      <Checkbox
        checked={isReady || isOn}
        disabled={isReady}
        onChange={(_, { checked }) => onChange(checked === true)}
        label={
          <span className="gs-person">
            <Face name={user.name} size={28} />
            <span>
              <b translate="no">{user.name}</b>
              <span className="k-quiet" translate="no">
                {user.email}
              </span>
            </span>
          </span>
        }
      />
      <span className="k-quiet">
        {isReady && user.number !== null ? (
          <PhoneNumber number={user.number} />
        ) : hasLicence ? (
          t('noNumber')
        ) : hasNumber && user.number !== null ? (
          <PhoneNumber number={user.number} />
        ) : null}
      </span>
    </li>
  )
}
