/** What one user may use (A1): the limits of each user, or some of their own. */
import { Button } from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type UserLimitsOnWire, userLimitsBody } from '../../../api/schema/spend-limit.ts'
import { api } from '../../data/client.ts'
import { queryClient } from '../../data/query.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { DraftNote } from '../../kit/draft.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { draftOfLimits, LimitFields, LimitUse, limitFieldOf, limitsOfDraft } from '../policies/limit-fields.tsx'
import { limitWords } from '../policies/limit-words.ts'
import '../policies/policies.css'

interface UserLimitsProps {
  readonly userId: string
  readonly isHere: boolean
}

export function UserLimits({ userId, isHere }: UserLimitsProps) {
  const t = useWords(limitWords)
  const say = useSay()
  const { id } = useTenant()
  const mayEdit = useMay('policy:edit') && isHere
  const [isOpen, setOpen] = useState(false)
  const path = `/v1/tenants/${id}/users/${userId}/limits`
  const queryKey = ['user-limits', id, userId]
  const limits = useQuery({ queryKey, queryFn: ({ signal }) => api.get<UserLimitsOnWire>(path, { signal }) })
  const take = async (own: UserLimitsOnWire['own']): Promise<void> => {
    queryClient.setQueryData(queryKey, await api.put<UserLimitsOnWire>(path, { own }))
  }
  return (
    <Card title={t('userTitle')}>
      <Block query={limits} lines={3}>
        {(data) => (
          <div className="k-stack">
            <p className="k-quiet">{t(data.own ? 'ofOwn' : 'ofEach')}</p>
            <LimitUse limits={data.inForce} used={data.used} />
            {mayEdit &&
              (data.own || isOpen ? (
                <OwnLimits
                  key={JSON.stringify(data.own)}
                  path={path}
                  queryKey={queryKey}
                  given={data}
                  onTaken={async () => {
                    setOpen(false)
                    const before = data.own
                    if (before === null) return
                    await take(null)
                    say.done(t('saved'), () => take(before))
                  }}
                />
              ) : (
                <div className="k-row">
                  <Button onClick={() => setOpen(true)}>{t('giveOwn')}</Button>
                </div>
              ))}
          </div>
        )}
      </Block>
    </Card>
  )
}

interface OwnLimitsProps {
  readonly path: string
  readonly queryKey: readonly string[]
  readonly given: UserLimitsOnWire
  readonly onTaken: () => Promise<void>
}

function OwnLimits({ path, queryKey, given, onTaken }: OwnLimitsProps) {
  const t = useWords(limitWords)
  const say = useSay()
  const language = useLanguage()
  const { currency } = useTenant()
  const form = useForm({
    initial: { own: draftOfLimits(given.inForce) },
    schema: userLimitsBody,
    draft: `limits-${path}`,
    toBody: ({ own }) => ({ own: limitsOfDraft(own, currency, language) }),
    fieldOf: limitFieldOf,
    submit: (body) => api.put<UserLimitsOnWire>(path, body),
    onDone: (answer) => {
      queryClient.setQueryData(queryKey, answer)
      say.done(t('saved'), async () => {
        queryClient.setQueryData(queryKey, await api.put<UserLimitsOnWire>(path, { own: given.own }))
      })
    },
  })
  return (
    <form className="k-stack" onSubmit={form.onSubmit} noValidate>
      <DraftNote form={form} />
      {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
      <LimitFields
        holder="own"
        draft={form.values.own}
        errors={form.errors}
        mayEdit
        onChange={(draft) => form.set('own', draft)}
      />
      <div className="k-row">
        <Button type="submit" appearance="primary" disabled={form.isBusy || (!form.isDirty && given.own !== null)}>
          {t('save')}
        </Button>
        <Button onClick={() => void onTaken()}>{t('takeOwn')}</Button>
      </div>
    </form>
  )
}
