/** The cards that may pay: which is the default, and how another one is stored. Its number never comes here. */
import { Button, Dropdown, Option } from '@fluentui/react-components'
import { OpenRegular } from '@fluentui/react-icons'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { BlockError, Skeleton } from '../../kit/skeleton.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useWords } from '../../words/use.tsx'
import { PRACTICE_FACES, useCardExpiry, useCardFace } from './card-face.ts'
import { type Method, moneyKeys, useMethods, useProvider } from './data.ts'
import { creditsWords } from './words.ts'

export function Cards() {
  const t = useWords(creditsWords)
  const methods = useMethods()
  const mayEdit = useMay('card:edit')
  const list = methods.data?.data
  return (
    <Card title={t('cards')}>
      {methods.error && !methods.data ? (
        <BlockError error={methods.error} onRetry={methods.refetch} />
      ) : !list ? (
        <Skeleton lines={2} />
      ) : (
        <div className="k-stack c-tight">
          {list.length === 0 && <p className="k-quiet">{t('cardsNone')}</p>}
          <ul className="c-cards">
            {list.map((method) => (
              <StoredCard key={method.id} method={method} mayEdit={mayEdit} />
            ))}
          </ul>
          {mayEdit && <AddCard />}
        </div>
      )}
    </Card>
  )
}

function StoredCard({ method, mayEdit }: { readonly method: Method; readonly mayEdit: boolean }) {
  const t = useWords(creditsWords)
  const { id } = useTenant()
  const face = useCardFace()
  const expiry = useCardExpiry()(method)
  const queries = useQueryClient()
  const say = useSay()
  const [isRemoving, setRemoving] = useState(false)
  const name = face(method)
  const path = `/v1/tenants/${id}/payment-methods/${method.id}`
  const refresh = async (): Promise<void> => {
    for (const queryKey of moneyKeys(id)) await queries.invalidateQueries({ queryKey })
  }
  async function choose(): Promise<void> {
    try {
      await api.put(`${path}/default`)
      await refresh()
      say.done(t('isDefaultNow', { card: name }))
    } catch (error) {
      say.failed(error)
    }
  }
  return (
    <li>
      <span className="num">
        {name}
        {expiry && <em className="k-quiet">{expiry}</em>}
      </span>
      {method.default && <span className="k-pill">{t('default')}</span>}
      {mayEdit && (
        <span className="k-row c-card-acts">
          {!method.default && (
            <Button size="small" appearance="subtle" onClick={() => void choose()}>
              {t('makeDefault')}
            </Button>
          )}
          <Button
            size="small"
            appearance="subtle"
            aria-label={t('removeWhich', { card: name })}
            onClick={() => setRemoving(true)}
          >
            {t('remove')}
          </Button>
        </span>
      )}
      <ConfirmDialog
        open={isRemoving}
        title={t('removeTitle')}
        action={t('remove')}
        onClose={() => setRemoving(false)}
        onConfirm={async () => {
          await api.delete(path)
          await refresh()
          say.done(t('removed'))
        }}
      >
        <p>{t('removeWhat', { card: name })}</p>
      </ConfirmDialog>
    </li>
  )
}

/** At a real provider the browser goes to its page; the shipped one has cards to choose from. */
export function AddCard({ onAdded }: { readonly onAdded?: (method: Method) => void }) {
  const t = useWords(creditsWords)
  const { id } = useTenant()
  const face = useCardFace()
  const provider = useProvider().data
  const queries = useQueryClient()
  const say = useSay()
  const [token, setToken] = useState('card-ok')
  const [isBusy, setBusy] = useState(false)
  const nameOf = (one: string): string => {
    const brand = PRACTICE_FACES[one]
    return brand === undefined ? one : t(`brand.${brand}`)
  }
  async function attempt(work: () => Promise<void>): Promise<void> {
    if (isBusy) return
    setBusy(true)
    try {
      await work()
    } catch (error) {
      say.failed(error)
    } finally {
      setBusy(false)
    }
  }
  const addPractice = async (): Promise<void> => {
    const method = await api.post<Method>(`/v1/tenants/${id}/payment-methods`, { token })
    await queries.invalidateQueries({ queryKey: ['cards', id] })
    say.done(t('cardAdded', { card: face(method) }))
    onAdded?.(method)
  }
  const goToProvider = async (): Promise<void> => {
    const body = { returnTo: `/t/${id}/billing/credits` }
    const { url } = await api.post<{ url: string }>(`/v1/tenants/${id}/payment-methods/setup`, body)
    location.assign(url)
  }
  if (!provider) return null
  if (provider.hasPage && provider.practiceCards.length === 0) {
    const name = provider.provider.charAt(0).toUpperCase() + provider.provider.slice(1)
    return (
      <div className="k-stack c-tight">
        <Button icon={<OpenRegular />} disabled={isBusy} onClick={() => void attempt(goToProvider)}>
          {t('addAtProvider', { provider: name })}
        </Button>
        <p className="k-quiet">{t('atProviderHow')}</p>
      </div>
    )
  }
  return (
    <div className="k-row c-add-card">
      <Dropdown
        clearButton={null}
        aria-label={t('practiceCard')}
        value={nameOf(token)}
        selectedOptions={[token]}
        onOptionSelect={(_, { optionValue }) => setToken(optionValue ?? token)}
      >
        {provider.practiceCards.map((one) => (
          <Option key={one} value={one} text={nameOf(one)}>
            {nameOf(one)}
          </Option>
        ))}
      </Dropdown>
      <Button disabled={isBusy} onClick={() => void attempt(addPractice)}>
        {t('addCard')}
      </Button>
    </div>
  )
}
