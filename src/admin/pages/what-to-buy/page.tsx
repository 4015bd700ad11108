/** `/what-to-buy`: five questions, and beside them the answer (G1). For everybody, signed in or not. */
import { Button } from '@fluentui/react-components'
import { ArrowDownloadRegular, LinkRegular, PrintRegular } from '@fluentui/react-icons'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type AdviceWire, answersBody } from '../../../api/schema/advice.ts'
import { ApiProblem, api } from '../../data/client.ts'
import { Go } from '../../kit/go.tsx'
import { BlockError } from '../../kit/skeleton.tsx'
import { useSay } from '../../kit/toast.tsx'
import { Mark } from '../../shell/mark.tsx'
import { LanguageButton, ThemeMenu } from '../../shell/public-tools.tsx'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { AdviceAnswer } from '../advice/answer.tsx'
import { type Answers, firstAnswers, fromBody, fromLink, toBody, toLink } from './answers.ts'
import { Questions } from './questions.tsx'
import './what-to-buy.css'
import { whatToBuyWords } from './words.ts'

const ASK_AFTER_MS = 250

export default function WhatToBuyPage() {
  const t = useWords(whatToBuyWords)
  const language = useLanguage()
  const formats = useFormats()
  const say = useSay()
  const [answers, setAnswers] = useState<Answers>(
    () => answersOfAddress() ?? firstAnswers(t('factory'), t('office'), 'CA'),
  )
  const settled = useSettled(answers)
  const body = toBody(settled)
  const isValid = answersBody.safeParse(body).success
  const advice = useQuery({
    queryKey: ['advice', language, JSON.stringify(body)],
    queryFn: ({ signal }) => api.post<AdviceWire>('/v1/advice', body, { signal }),
    enabled: isValid,
    placeholderData: keepPreviousData,
  })
  useEffect(() => {
    document.title = `${t('title')} · Ringfence`
  }, [t])
  useEffect(() => {
    const url = new URL(location.href)
    url.searchParams.set('a', toLink(settled))
    history.replaceState(history.state, '', url)
  }, [settled])

  const share = async (): Promise<void> => {
    await navigator.clipboard.writeText(location.href)
    say.done(t('shared'))
  }
  const savePdf = async (): Promise<void> => {
    try {
      const answer = await fetch('/v1/advice/pdf', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'accept-language': language },
        body: JSON.stringify(body),
      })
      if (!answer.ok) throw new ApiProblem(answer.status, (await answer.json()) as Record<string, unknown>)
      const address = URL.createObjectURL(await answer.blob())
      Object.assign(document.createElement('a'), { href: address, download: 'ringfence-advice.pdf' }).click()
      setTimeout(() => URL.revokeObjectURL(address), 10_000)
    } catch (error) {
      say.failed(error)
    }
  }

  return (
    <div className="what-to-buy">
      <header className="no-print">
        <Go to="/" className="what-to-buy-brand">
          <Mark size={28} />
          <b translate="no">Ringfence</b>
        </Go>
        <span className="k-row">
          <Go to="/sign-in">{t('signIn')}</Go>
          <LanguageButton keep={false} />
          <ThemeMenu />
        </span>
      </header>
      <main id="main">
        <div className="what-to-buy-head">
          <h1>{t('title')}</h1>
          <p className="k-quiet no-print">{t('lead')}</p>
        </div>
        <div className="what-to-buy-columns">
          <Questions answers={answers} onChange={setAnswers} />
          <aside aria-label={t('answer')} aria-live="polite" aria-busy={advice.isFetching}>
            {advice.error ? <BlockError error={advice.error} onRetry={() => void advice.refetch()} /> : null}
            {advice.data ? (
              <AdviceAnswer advice={advice.data} isStale={advice.isPlaceholderData || !isValid} />
            ) : (
              <p className="k-quiet">{t('thinking')}</p>
            )}
            {advice.data && (
              <>
                <div className="k-row no-print">
                  <Button icon={<LinkRegular />} onClick={() => void share()}>
                    {t('share')}
                  </Button>
                  <Button icon={<ArrowDownloadRegular />} onClick={() => void savePdf()}>
                    {t('pdf')}
                  </Button>
                  <Button icon={<PrintRegular />} onClick={() => print()}>
                    {t('print')}
                  </Button>
                </div>
                <p className="k-quiet">{t('ratesOf', { date: formats.dayLong(advice.data.at) })}</p>
              </>
            )}
          </aside>
        </div>
      </main>
    </div>
  )
}

/** What a shared link says; null where it says nothing that can be read. */
function answersOfAddress(): Answers | null {
  const link = new URLSearchParams(location.search).get('a')
  const body = link === null ? null : fromLink(link)
  return body !== null && answersBody.safeParse(body).success ? fromBody(body as Parameters<typeof fromBody>[0]) : null
}

/** The value once nobody has changed it for a moment. */
function useSettled<T>(value: T): T {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ASK_AFTER_MS)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
