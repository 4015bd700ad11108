/** What can be spent now, what calls hold of the balance, and the lots in the order in which they are spent. */
import { Button } from '@fluentui/react-components'
import { AlertRegular, ChevronDownRegular, ChevronRightRegular } from '@fluentui/react-icons'
import { useState } from 'react'
import { serverNow } from '../../data/live.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Money, When } from '../../kit/figures.tsx'
import { Go, useUrlState } from '../../kit/go.tsx'
import { BlockError, Skeleton } from '../../kit/skeleton.tsx'
import { lotsTwin, Pictured, WalletLots } from '../../pictures/index.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { isZero, microsOf, useHolds, useWallet, type Wallet } from './data.ts'
import { creditsWords } from './words.ts'

const DAY_MS = 86_400_000
const SOON_DAYS = 30

export function Balance() {
  const wallet = useWallet()
  return (
    <Card className="c-balance">
      {wallet.error && !wallet.data ? (
        <BlockError error={wallet.error} onRetry={wallet.refetch} />
      ) : wallet.data ? (
        <Headline wallet={wallet.data} />
      ) : (
        <Skeleton lines={3} height={22} />
      )}
    </Card>
  )
}

function Headline({ wallet }: { readonly wallet: Wallet }) {
  const t = useWords(creditsWords)
  const formats = useFormats()
  const mayFund = useMay('wallet:fund')
  const [areHoldsShown, showHolds] = useState(false)
  const [, setState] = useUrlState({ panel: '' })
  const { balance, reserved, available, lots, overdraft } = wallet
  const holds = useHolds(!isZero(reserved)).data?.data
  return (
    <>
      <p className="c-headline">
        <span className="k-big" data-figure="available">
          <Money money={available} />
        </span>{' '}
        {t('availableNow')}
      </p>
      <p className="c-sum">
        {t('balance')}{' '}
        <span data-figure="balance">
          <Money money={balance} />
        </span>
        {isZero(reserved) ? (
          <span className="k-quiet"> · {t('heldNone')}</span>
        ) : (
          <>
            {' − '}
            <span data-figure="reserved">
              <Money money={reserved} />
            </span>{' '}
            {t('heldFor', { count: holds?.length ?? 1 })}
            <Button
              size="small"
              appearance="transparent"
              icon={areHoldsShown ? <ChevronDownRegular /> : <ChevronRightRegular />}
              aria-expanded={areHoldsShown}
              onClick={() => showHolds(!areHoldsShown)}
            >
              {t(areHoldsShown ? 'hideHolds' : 'showHolds')}
            </Button>
          </>
        )}
      </p>
      {areHoldsShown && holds && <Holds holds={holds} />}
      {overdraft && (
        <p className="k-quiet">
          {t('overdraft', { limit: formats.money(overdraft.limit), used: formats.money(overdraft.used) })}
        </p>
      )}
      {lots.length > 0 ? (
        <Lots wallet={wallet} />
      ) : (
        <EmptyState drawing="lots" sentence={t('empty')}>
          {mayFund && <Button onClick={() => setState({ panel: 'fund' }, { push: true })}>{t('addFunds')}</Button>}
        </EmptyState>
      )}
    </>
  )
}

function Lots({ wallet: { lots, reserved } }: { readonly wallet: Wallet }) {
  const t = useWords(creditsWords)
  const formats = useFormats()
  const { clock } = useTenant()
  const [{ lots: view }, setState] = useUrlState({ lots: 'chart' })
  const now = clock === null ? serverNow() : Date.parse(clock)
  const daysLeft = (at: string): number => Math.floor((Date.parse(at) - now) / DAY_MS)
  const drawn = lots.map(({ id, amount, expiresAt }) => ({
    id,
    amount: microsOf(amount),
    label: formats.money(amount),
    expiry: expiresAt === null ? t('lotForEver') : formats.day(expiresAt),
    isSoon: expiresAt !== null && daysLeft(expiresAt) < SOON_DAYS,
  }))
  const list = formats.list(drawn.map((lot) => `${lot.label} (${lot.expiry})`))
  const [first] = lots
  const firstDays = first?.expiresAt ? daysLeft(first.expiresAt) : Number.POSITIVE_INFINITY
  const held = microsOf(reserved)
  const columns = [t('lotOrder'), t('lotAmount'), t('lotExpires')] as const
  return (
    <div className="c-lots" translate="no">
      <p className="k-quiet c-lots-head">
        {t('lots')}
        <Button
          size="small"
          appearance="subtle"
          className="no-print"
          onClick={() => setState({ lots: view === 'table' ? 'chart' : 'table' })}
        >
          {t(view === 'table' ? 'showChart' : 'showTable')}
        </Button>
      </p>
      <Pictured view={view === 'table' ? 'table' : 'picture'} table={lotsTwin(t('lotsTable'), columns, drawn)}>
        <WalletLots lots={drawn} held={held > 0n ? held : 0n} label={t('lotsLabel', { list })} />
      </Pictured>
      <ul hidden>
        {lots.map((lot) => (
          <li key={lot.id} data-lot={lot.id} data-amount={lot.amount.amount} />
        ))}
      </ul>
      {first && firstDays < SOON_DAYS && firstDays >= 0 && (
        <p className="c-soon">
          <AlertRegular fontSize={16} aria-hidden="true" />
          {t('expiresSoon', { amount: formats.money(first.amount), days: firstDays })}
        </p>
      )}
    </div>
  )
}

function Holds({ holds }: { readonly holds: NonNullable<ReturnType<typeof useHolds>['data']>['data'] }) {
  const t = useWords(creditsWords)
  return (
    <div className="k-table c-holds">
      <table aria-label={t('holdsTable')}>
        <thead>
          <tr>
            <th scope="col">{t('time')}</th>
            <th scope="col">{t('call')}</th>
            <th scope="col" className="k-figure">
              {t('held')}
            </th>
          </tr>
        </thead>
        <tbody>
          {holds.map((hold) => (
            <tr key={hold.callId}>
              <td>
                <When at={hold.startedAt} style="time" />
              </td>
              <td>
                <Go to="live" translate="no" className="num">
                  {t('callTo', { who: hold.user?.name ?? hold.callingNumber ?? '–', number: hold.calledNumber })}
                </Go>
              </td>
              <td className="k-figure" data-column="held">
                <Money money={hold.amount} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
