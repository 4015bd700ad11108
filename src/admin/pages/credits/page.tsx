/** The wallet, to be trusted: what is there, what is held, what expires, who spent it. */
import { Button, MessageBar, MessageBarBody } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { BooksBadge } from '../../books/badge.tsx'
import { api } from '../../data/client.ts'
import { useLive, useLiveQueries } from '../../data/live.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { useUrlState } from '../../kit/go.tsx'
import { CopyAsCurl, ReadOnlyNote } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useWords } from '../../words/use.tsx'
import { Balance } from './balance.tsx'
import { useCardFace } from './card-face.ts'
import { Cards } from './cards.tsx'
import { type Method, moneyKeys, useProvider } from './data.ts'
import { ForecastCard } from './forecast-card.tsx'
import { FundPanel } from './fund-panel.tsx'
import { History } from './history.tsx'
import { Movements } from './movements.tsx'
import { RechargeCard } from './recharge-card.tsx'
import { creditsWords } from './words.ts'
import './credits.css'

export default function CreditsPage() {
  const t = useWords(creditsWords)
  const { id } = useTenant()
  const mayFund = useMay('wallet:fund')
  const maySeeCards = useMay('card:read')
  const provider = useProvider().data
  const [{ panel }, setState] = useUrlState({ panel: '' })
  useLiveQueries(
    'wallet',
    moneyKeys(id).filter(([name]) => name !== 'movements'),
  )
  useFreshMovements()
  useLiveQueries('calls', [
    ['wallet', id],
    ['wallet-days', id],
    ['holds', id],
    ['recharge', id],
  ])
  useFinishedSetup()
  const close = (): void => setState({ panel: '' })
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        <BooksBadge />
        <CopyAsCurl request={{ path: `/v1/tenants/${id}/wallet` }} />
        {mayFund && (
          <Button appearance="primary" onClick={() => setState({ panel: 'fund' }, { push: true })}>
            {t('addFunds')}
          </Button>
        )}
      </PageHead>
      <ReadOnlyNote unless="wallet:fund" />
      {provider && provider.practiceCards.length > 0 && (
        <MessageBar intent="info" className="c-practice">
          <MessageBarBody>{t('practice')}</MessageBarBody>
        </MessageBar>
      )}
      <Balance />
      <History />
      <div className="k-grid">
        <RechargeCard />
        <div className="k-stack">
          <ForecastCard />
          {maySeeCards && <Cards />}
        </div>
      </div>
      <Movements />
      {panel === 'fund' && mayFund && <FundPanel onClose={close} />}
    </>
  )
}

/** New movements come by themselves, but never at the cost of older ones that somebody has just asked for. */
function useFreshMovements(): void {
  const { id } = useTenant()
  const queries = useQueryClient()
  useLive('wallet', () => void queries.invalidateQueries({ queryKey: ['movements', id] }, { cancelRefetch: false }))
}

/** Back from the provider's own page: the card that it took is stored, once. */
function useFinishedSetup(): void {
  const t = useWords(creditsWords)
  const face = useCardFace()
  const { id } = useTenant()
  const say = useSay()
  const queries = useQueryClient()
  const [{ setup }, setState] = useUrlState({ setup: '' })
  const finished = useRef('')
  useEffect(() => {
    if (setup === '' || finished.current === setup) return
    finished.current = setup
    api
      .post<Method>(`/v1/tenants/${id}/payment-methods/setup/finish`, { session: setup }, { intent: `setup-${setup}` })
      .then((method) => say.done(t('cardAdded', { card: face(method) })), say.failed)
      .finally(() => {
        setState({ setup: '' })
        void queries.invalidateQueries({ queryKey: ['cards', id] })
      })
  }, [setup, id, queries, setState, say, t, face])
}
