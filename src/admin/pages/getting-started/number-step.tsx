/** The company's number: local or toll-free, kept for ten minutes, taken with “Done”; or one that stands in until theirs arrives. */
import { Button, Checkbox, Field, Radio, RadioGroup } from '@fluentui/react-components'
import { useState } from 'react'
import { api, newIntent } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Go } from '../../kit/go.tsx'
import { PhoneNumber } from '../../kit/phone-number.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useWords } from '../../words/use.tsx'
import { useWallet } from '../home/data.ts'
import { type NumberOrder, numbersChanged } from '../numbers/data.ts'
import { type SetUp, useSaving } from './data.ts'
import { Settled, StepFrame, type StepProps } from './frame.tsx'
import { HeldFor, type Place, PlaceChoice, useHomePlace, usePlaces, wishOf } from './places.tsx'
import { numberStepWords } from './words.ts'

type Kind = 'service-toll' | 'service-toll-free'

export function NumberStep({ setUp }: StepProps) {
  if (setUp.company) return <There setUp={setUp} company={setUp.company} />
  if (setUp.number) return <Kept setUp={setUp} chosen={setUp.number} />
  return <Choose setUp={setUp} />
}

function There({ setUp, company }: StepProps & { readonly company: NonNullable<SetUp['company']> }) {
  const t = useWords(numberStepWords)
  const saving = useSaving(setUp)
  return (
    <StepFrame step="number" saving={saving} onNext={async () => true} isDone>
      <Settled to="numbers" text={t('toNumbers')}>
        <p className="gs-number">
          <PhoneNumber number={company.number} />
        </p>
        <p className="k-quiet">{company.temporary ? t('thereTemporary') : t('there')}</p>
      </Settled>
    </StepFrame>
  )
}

function Kept({ setUp, chosen }: StepProps & { readonly chosen: NonNullable<SetUp['number']> }) {
  const t = useWords(numberStepWords)
  const { id, country } = useTenant()
  const saving = useSaving(setUp)
  const [temporary, setTemporary] = useState(chosen.temporary)
  const isHeld = chosen.heldUntil !== null
  const other = async (): Promise<void> => {
    if (isHeld) {
      await saving.run(() =>
        api.post(`/v1/tenants/${id}/number-orders/${chosen.orderId}/cancel`, undefined, { intent: newIntent() }),
      )
    }
    await saving.put('number', { orderId: null })
    void numbersChanged(id)
  }
  /** The very same number, if nobody has taken it meanwhile; otherwise another one of the place. */
  const again = async (): Promise<void> => {
    const order = await reserve(saving, id, {
      country,
      type: chosen.type as Kind,
      ...wishOf(chosen),
      again: chosen.orderId,
    })
    if (order) await saving.put('number', { orderId: order.id, temporary })
  }
  return (
    <StepFrame
      step="number"
      saving={saving}
      onNext={async () =>
        temporary === chosen.temporary || (await saving.put('number', { orderId: chosen.orderId, temporary })) !== null
      }
    >
      <div className="gs-kept">
        <p className="gs-number">
          <PhoneNumber number={chosen.number} />
        </p>
        <p className="k-quiet">
          {chosen.type === 'service-toll-free' ? t('tollFree') : <span translate="no">{chosen.city}</span>} ·{' '}
          <HeldFor until={chosen.heldUntil} />
        </p>
        <div className="k-row">
          {!isHeld && (
            <Button size="small" disabled={saving.isBusy} onClick={() => void again()}>
              {t('again')}
            </Button>
          )}
          <Button size="small" appearance="subtle" disabled={saving.isBusy} onClick={() => void other()}>
            {t('other')}
          </Button>
        </div>
      </div>
      <Checkbox checked={temporary} onChange={(_, { checked }) => setTemporary(checked === true)} label={t('bring')} />
      {temporary && <p className="k-quiet gs-indent">{t('bringHow')}</p>}
    </StepFrame>
  )
}

interface Wish {
  readonly country: string
  readonly type: Kind
  readonly city?: string
  readonly areaCode?: string
  readonly again?: string
}

const reserve = (saving: ReturnType<typeof useSaving>, ten: string, wish: Wish): Promise<NumberOrder | null> =>
  saving.run(() =>
    api.post<NumberOrder>(`/v1/tenants/${ten}/number-orders`, { ...wish, quantity: 1 }, { intent: newIntent() }),
  )

function Choose({ setUp }: StepProps) {
  const t = useWords(numberStepWords)
  const { id, country } = useTenant()
  const saving = useSaving(setUp)
  const maySeeWallet = useMay('wallet:read')
  const wallet = useWallet(maySeeWallet)
  const [kind, setKind] = useState<Kind>('service-toll')
  const [place, setPlace] = useState<Place | null>(null)
  const local = usePlaces('service-toll')
  const tollFree = usePlaces('service-toll-free')
  const hasCredits = Number(wallet.data?.available.amount ?? 0) > 0
  const isTollFree = kind === 'service-toll-free'
  const found = local.data?.places ?? []
  const home = useHomePlace(setUp, found)
  const chosen = place ?? home
  const left = (isTollFree ? tollFree.data?.left : local.data?.left) ?? 0
  const find = async (): Promise<void> => {
    const wish = isTollFree || chosen === null ? {} : wishOf(chosen)
    const order = await reserve(saving, id, { country, type: kind, ...wish })
    if (!order) return
    await saving.put('number', { orderId: order.id, temporary: false })
    void numbersChanged(id)
  }
  const code = saving.problem?.code
  return (
    <StepFrame
      step="number"
      saving={saving}
      onNext={async () => {
        await find()
        return false
      }}
      nextText={t('find')}
      mayNext={left > 0}
      wayOut={
        code === 'number-quota-reached' ? (
          <Go to="billing/purchase">{t('buy')}</Go>
        ) : code === 'toll-free-needs-credits' ? (
          <Go to="billing/credits?panel=fund">{t('addFunds')}</Go>
        ) : null
      }
    >
      {local.data === undefined || tollFree.data === undefined ? (
        <Skeleton lines={4} />
      ) : (
        <>
          <Field label={t('kind')}>
            <RadioGroup className="gs-cards" value={kind} onChange={(_, { value }) => setKind(value as Kind)}>
              <Radio value="service-toll" label={{ children: <Option name={t('local')} text={t('localWhy')} /> }} />
              <Radio
                value="service-toll-free"
                disabled={!hasCredits || tollFree.data.left === 0}
                label={{
                  children: (
                    <Option
                      name={t('tollFree')}
                      text={hasCredits && tollFree.data.left === 0 ? t('noneLeft') : t('tollFreeWhy')}
                    />
                  ),
                }}
              />
            </RadioGroup>
          </Field>
          {!hasCredits && (
            <p className="gs-needs">
              {t('needsCredits')} <Go to="billing/credits?panel=fund">{t('addFunds')}</Go>
            </p>
          )}
          {!isTollFree && found.length > 0 && <PlaceChoice places={found} value={chosen} onChange={setPlace} />}
          {left === 0 && <p className="k-quiet">{t('nothing')}</p>}
        </>
      )}
    </StepFrame>
  )
}

function Option({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <span className="gs-option">
      <b>{name}</b>
      <span>{text}</span>
    </span>
  )
}
