/** What somebody holds: a switch that says what it would do before it does it. */
import { Switch } from '@fluentui/react-components'
import { SKUS, type Sku } from '../../../core/catalogue.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { Go } from '../../kit/go.tsx'
import { useWords } from '../../words/use.tsx'
import { skuWords } from '../purchase/sku-words.ts'
import { useSeats } from '../users/add-user.tsx'
import type { TabProps } from './page.tsx'
import { userWords } from './words.ts'

export function Licences(props: TabProps) {
  const t = useWords(userWords)
  return (
    <Card title={t('licences')}>
      <LicenceList {...props} />
    </Card>
  )
}

export function LicenceList({ user, onChange }: TabProps) {
  const t = useWords(userWords)
  const names = useWords(skuWords)
  const { licenceType } = useTenant()
  const mayAssign = useMay('licence:assign')
  const mayBuy = useMay('licence:buy')
  const maySetPolicy = useMay('policy:edit')
  const seats = useSeats().data?.data
  const shown = SKUS.filter(
    (sku) =>
      user.licences.includes(sku) || (seats?.some((row) => row.sku === sku) ?? false) || isOffered(sku, licenceType),
  )
  return (
    <ul className="p-switches">
      {shown.map((sku) => {
        const row = seats?.find((one) => one.sku === sku)
        const isHeld = user.licences.includes(sku)
        return (
          <li key={sku} data-sku={sku} data-held={isHeld}>
            <Switch
              checked={isHeld}
              disabled={!mayAssign}
              onChange={() => onChange(isHeld ? { remove: sku } : { assign: sku })}
              label={names(sku)}
            />
            <span className="k-quiet num">
              {row ? t('held', { assigned: row.assigned, purchased: row.purchased }) : t('notBought')}{' '}
              {(row === undefined || row.assigned >= row.purchased) && !isHeld && mayBuy && (
                <Go to="billing/purchase">{t('buy')}</Go>
              )}
            </span>
          </li>
        )
      })}
      <li data-credits={user.creditsEnabled}>
        <Switch
          checked={user.creditsEnabled}
          disabled={!maySetPolicy}
          onChange={() => onChange({ creditsEnabled: !user.creditsEnabled })}
          label={t('maySpend')}
        />
        <span className="k-quiet">{t('maySpendHow')}</span>
      </li>
    </ul>
  )
}

const isOffered = (sku: Sku, licenceType: string): boolean =>
  sku === 'voice-without-calling-plan' ? licenceType === 'without-calling-plan' : licenceType === 'with-calling-plan'
