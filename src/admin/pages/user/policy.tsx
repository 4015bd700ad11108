/** Whom somebody may call (C6), whether credits may pay (W6), and whether the phone is on. */
import { Button, Switch } from '@fluentui/react-components'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { useFormats, useWords } from '../../words/use.tsx'
import { policyText } from '../users/policy-text.ts'
import { policyWords } from '../users/policy-words.ts'
import { UserLimits } from './limits.tsx'
import type { TabProps } from './page.tsx'
import { userWords } from './words.ts'

export function Policy({ user, onChange }: TabProps) {
  const t = useWords(userWords)
  const p = useWords(policyWords)
  const formats = useFormats()
  const { callingPolicy } = useTenant()
  const isHere = user.deletedAt === null
  const maySetPolicy = useMay('policy:edit') && isHere
  const mayEdit = useMay('user:edit') && isHere
  const mayReadLimits = useMay('policy:read')
  const isOff = user.disabledAt !== null
  return (
    <div className="k-grid">
      <Card
        title={t('policy')}
        aside={
          maySetPolicy && (
            <Button size="small" onClick={() => onChange({ callingPolicy: user.callingPolicy })}>
              {t('policyChange')}
            </Button>
          )
        }
      >
        <p data-policy={user.callingPolicy ?? 'default'}>
          <b>{user.callingPolicy === null ? `${p('default')}: ` : ''}</b>
          {policyText(p, user.callingPolicy ?? callingPolicy)}
        </p>
        <p className="k-quiet">
          <code translate="no">{user.callingPolicy ?? callingPolicy}</code>
        </p>
        <p className="k-quiet">{t('emergency')}</p>
      </Card>
      <Card title={t('maySpend')}>
        <Switch
          checked={user.creditsEnabled}
          disabled={!maySetPolicy}
          onChange={() => onChange({ creditsEnabled: !user.creditsEnabled })}
          label={t('maySpend')}
        />
        <p className="k-quiet">{t('maySpendHow')}</p>
      </Card>
      <Card title={t('telephone')}>
        <Switch
          checked={!isOff}
          disabled={!mayEdit}
          onChange={() => onChange({ disabled: !isOff })}
          label={isOff ? t('phoneOff', { date: formats.day(user.disabledAt ?? 0) }) : t('phoneIs')}
        />
      </Card>
      {mayReadLimits && <UserLimits userId={user.id} isHere={isHere} />}
    </div>
  )
}
