/** The wallet on Home: what can be spent now, what expires when, what it took this month, and whether it fills itself. */
import { ArrowSyncRegular } from '@fluentui/react-icons'
import { useLiveQueries } from '../../data/live.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Money } from '../../kit/figures.tsx'
import { Go } from '../../kit/go.tsx'
import { DayBars, WalletLots } from '../../pictures/index.ts'
import type { MoneyText } from '../../words/format.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { type Home, type Recharge, useRecharge, useWallet, type Wallet } from './data.ts'
import { homeWords } from './words.ts'

const SOON_MS = 30 * 86_400_000
const microsOf = (amount: string): bigint => BigInt(amount.replace('.', ''))
const isZero = ({ amount }: MoneyText): boolean => /^-?[0.]+$/.test(amount)

export function CreditsCard({ home }: { readonly home: Home }) {
  const t = useWords(homeWords)
  const { id } = useTenant()
  const mayFund = useMay('wallet:fund')
  const wallet = useWallet(true)
  const recharge = useRecharge(true)
  useLiveQueries('wallet', [
    ['wallet', id],
    ['recharge', id],
  ])
  return (
    <Card
      className="h-credits"
      title={t('credits')}
      aside={
        mayFund ? (
          <Go to="billing/credits?panel=fund">{t('addFunds')}</Go>
        ) : (
          <Go to="billing/credits">{t('seeCredits')}</Go>
        )
      }
    >
      <Block query={wallet} lines={5}>
        {(data) =>
          data.lots.length === 0 && isZero(data.balance) ? (
            <EmptyState drawing="lots" sentence={t('walletEmpty')} />
          ) : (
            <>
              <Balance wallet={data} now={home.now} />
              {home.spent && <Spent spent={home.spent} home={home} />}
            </>
          )
        }
      </Block>
      {recharge.data && <RechargeLine recharge={recharge.data} />}
    </Card>
  )
}

function Balance({ wallet, now }: { readonly wallet: Wallet; readonly now: string }) {
  const t = useWords(homeWords)
  const formats = useFormats()
  const { available, balance, reserved, lots } = wallet
  const drawn = lots.map(({ id, amount, expiresAt }) => ({
    id,
    amount: microsOf(amount.amount),
    label: formats.money(amount),
    expiry: expiresAt === null ? t('lotForEver') : formats.day(expiresAt),
    isSoon: expiresAt !== null && Date.parse(expiresAt) - Date.parse(now) < SOON_MS,
  }))
  const list = formats.list(drawn.map((lot) => `${lot.label} (${lot.expiry})`))
  const held = microsOf(reserved.amount)
  return (
    <>
      <p>
        <span className="k-big" data-figure="available">
          <Money money={available} />
        </span>{' '}
        <span className="k-quiet">{t('availableNow')}</span>
      </p>
      <p className="k-quiet">
        {t('balance', { balance: formats.money(balance) })} ·{' '}
        {isZero(reserved) ? t('heldNone') : t('held', { held: formats.money(reserved) })}
      </p>
      {drawn.length > 0 && (
        <>
          <h3>{t('lots')}</h3>
          <div translate="no">
            <WalletLots lots={drawn} held={held > 0n ? held : 0n} label={t('lotsLabel', { list })} />
          </div>
        </>
      )}
    </>
  )
}

function Spent({ spent, home }: { readonly spent: NonNullable<Home['spent']>; readonly home: Home }) {
  const t = useWords(homeWords)
  const formats = useFormats()
  const month = formats.month(home.month)
  const [year = 0, number = 1] = home.month.split('-').map(Number)
  return (
    <>
      <h3 className="h-spent">
        <span>{t('spent', { month })}</span>
        <span className="num" data-figure="spent" data-amount={spent.total.amount}>
          {t('soFar', { amount: formats.money(spent.total) })}
        </span>
      </h3>
      <DayBars
        values={spent.days.map(({ amount }) => Number(amount))}
        slots={new Date(Date.UTC(year, number, 0)).getUTCDate()}
        fund="credits"
        isLastOpen
        label={t('spentLabel', { month })}
      />
    </>
  )
}

function RechargeLine({ recharge }: { readonly recharge: Recharge }) {
  const t = useWords(homeWords)
  const formats = useFormats()
  const { autoRecharge: policy, thisMonth } = recharge
  const isOn = policy?.enabled === true && policy.state !== 'paused'
  const said = !policy?.enabled
    ? t('rechargeOff')
    : policy.state === 'paused'
      ? t('rechargePaused')
      : policy.target
        ? t('rechargeTo', { threshold: formats.money(policy.threshold), amount: formats.money(policy.target) })
        : t('rechargeOn', { threshold: formats.money(policy.threshold), amount: formats.money(policy.amount) })
  return (
    <p className="h-recharge">
      <ArrowSyncRegular fontSize={16} aria-hidden="true" />
      <span>
        {said}{' '}
        {isOn &&
          policy.monthlyCap &&
          t('monthlyCap', { used: formats.money(thisMonth), cap: formats.money(policy.monthlyCap) })}
      </span>
    </p>
  )
}
