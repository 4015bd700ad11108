/** Why this call cost what it did, or why it was refused: sentence after sentence, each with the colour of its fund. */
import { LightbulbFilled } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { CallDetail, ExplanationOnWire } from '../../../api/schema/call.ts'
import type { Language } from '../../../core/problems.ts'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { FundSwatch } from '../../pictures/index.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import { fundOf, wasCut } from '../calls/source.ts'
import type { Lit } from './summary.tsx'
import { oneCallWords } from './words.ts'

export function useExplanation(callId: string, language: Language) {
  const { id } = useTenant()
  return useQuery({
    queryKey: ['explanation', id, callId, language],
    queryFn: ({ signal }) =>
      api.get<ExplanationOnWire>(`/v1/tenants/${id}/calls/${callId}/explanation`, {
        query: { lang: language },
        signal,
      }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export function Explain({ call, active, onActive }: Lit & { readonly call: CallDetail }) {
  const t = useWords(oneCallWords)
  const own = useLanguage()
  const [chosen, setChosen] = useState<Language | null>(null)
  const language = chosen ?? own
  const explanation = useExplanation(call.id, language)
  const languages: readonly Language[] = own === 'fr' ? ['fr', 'en'] : ['en', 'fr']
  return (
    <Card
      title={call.result === 'refused' ? t('explainRefusal') : t('explainCharge')}
      aside={
        <fieldset className="call-languages" aria-label={t('language')}>
          {languages.map((one) => (
            <button
              key={one}
              type="button"
              lang={one}
              translate="no"
              aria-pressed={one === language}
              onClick={() => setChosen(one)}
            >
              {t(`lang.${one}`)}
            </button>
          ))}
        </fieldset>
      }
    >
      <Block query={explanation} lines={5}>
        {({ story, counterfactual }) => (
          <>
            <ul className="call-story" lang={language} translate="no">
              {story.map(({ sentence, about }) => (
                <li
                  key={sentence}
                  className={active !== null && about !== active ? 'call-dim' : undefined}
                  onPointerEnter={() => onActive(about)}
                  onPointerLeave={() => onActive(null)}
                >
                  <FundSwatch fund={swatchOf(about, call)} />
                  <span>{sentence}</span>
                </li>
              ))}
            </ul>
            {counterfactual !== null && (
              <p className="call-counter" lang={language} translate="no">
                <LightbulbFilled aria-hidden="true" fontSize={20} />
                {counterfactual}
              </p>
            )}
          </>
        )}
      </Block>
    </Card>
  )
}

function swatchOf(about: string | null, call: CallDetail) {
  if (about === 'end')
    return call.result === 'refused' || wasCut(call.endCause) ? ('cut' as const) : ('hangup' as const)
  return fundOf(about)
}
