/** A tenant without a plan: asking a partner, and how far it has got (L4, G3). */
import { Button, Dropdown, Field, Option } from '@fluentui/react-components'
import { ArrowDownloadRegular } from '@fluentui/react-icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { partnerRequestBody } from '../../../api/schema/partner-case.ts'
import type { Stage } from '../../../core/partner-case.ts'
import { api } from '../../data/client.ts'
import { useMay, useSession, useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Go, useAt, useGo } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { ReadOnlyNote } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import { usePages } from '../../kit/use-pages.ts'
import { useLanguage, useWords } from '../../words/use.tsx'
import type { OwnCase, PartnerAccess } from './data.ts'
import { IntakeFacts } from './intake-facts.tsx'
import { IntakeForm, intakeOf, NOTHING_YET } from './intake-form.tsx'
import { pathWords } from './path-words.ts'
import { Checklist, StageRow } from './stages.tsx'
import { askWords } from './words.ts'
import './partner.css'

export default function OwnPathPage() {
  const t = useWords(askWords)
  const { id, country, licenceType } = useTenant()
  return (
    <>
      <PageHead
        title={t('title')}
        {...(licenceType === 'without-calling-plan' ? { sentence: t('sentence', { country }) } : {})}
      >
        <MoreMenu curl={{ path: `/v1/tenants/${id}/partner-case` }} />
      </PageHead>
      {licenceType === 'without-calling-plan' ? <Path /> : <Elsewhere />}
    </>
  )
}

/** L2: with a plan nobody needs a partner; where nothing is sold none can help. */
function Elsewhere() {
  const t = useWords(askWords)
  const { country, licenceType } = useTenant()
  const hasPlan = licenceType === 'with-calling-plan'
  return (
    <Card>
      <EmptyState drawing="signpost" sentence={t(hasPlan ? 'noNeed' : 'notSold', { country })}>
        {hasPlan && <Go to="getting-started">{t('start')}</Go>}
      </EmptyState>
    </Card>
  )
}

const keyOf = (tenantId: string) => ['partner-case', tenantId] as const

function Path() {
  const { id } = useTenant()
  const query = useQuery({
    queryKey: keyOf(id),
    queryFn: ({ signal }) => api.get<{ case: OwnCase | null }>(`/v1/tenants/${id}/partner-case`, { signal }),
    // The partner works elsewhere: what they have done is seen without a reload.
    refetchInterval: 10_000,
  })
  const [isAgain, setAgain] = useState(false)
  return (
    <Block query={query}>
      {({ case: own }) =>
        own === null || isAgain ? (
          <Ask onDone={() => setAgain(false)} />
        ) : (
          <Own own={own} onAgain={() => setAgain(true)} />
        )
      }
    </Block>
  )
}

function Ask({ onDone }: { readonly onDone: () => void }) {
  const t = useWords(askWords)
  const { id } = useTenant()
  const me = useSession()
  const say = useSay()
  const queries = useQueryClient()
  const mayAsk = useMay('partner-case:edit')
  const partners = usePages<PartnerAccess>(['partner-access', id], `/v1/tenants/${id}/partners`, { limit: 100 })
  if (!mayAsk) return <ReadOnlyNote unless="partner-case:edit" />
  const nameOf = (partnerId: string): string =>
    partners.items?.find((one) => one.partnerId === partnerId)?.name ?? t('anyone')
  return (
    <Card title={t('ask')}>
      <IntakeForm
        initial={{ ...NOTHING_YET, contactName: me.person.name, email: me.person.email }}
        schema={partnerRequestBody}
        draft={`partner-case-${id}`}
        toBody={(values) => ({ ...intakeOf(values), partnerId: values.partnerId === '' ? null : values.partnerId })}
        submit={(body, intent) => api.post<OwnCase>(`/v1/tenants/${id}/partner-case`, body, { intent })}
        onDone={(own) => {
          queries.setQueryData(keyOf(id), { case: own })
          say.done(t('sent'))
          onDone()
        }}
        before={(form) => (
          <Field label={t('who')} className="pt-who">
            <Dropdown
              clearButton={null}
              value={nameOf(form.values.partnerId)}
              selectedOptions={[form.values.partnerId]}
              onOptionSelect={(_, { optionValue }) => form.set('partnerId', optionValue ?? '')}
            >
              <Option value="" text={t('anyone')}>
                {t('anyone')}
              </Option>
              {(partners.items ?? []).map(({ partnerId, name }) => (
                <Option key={partnerId} value={partnerId} text={name}>
                  <span translate="no">{name}</span>
                </Option>
              ))}
            </Dropdown>
          </Field>
        )}
      />
    </Card>
  )
}

function Own({ own, onAgain }: { readonly own: OwnCase; readonly onAgain: () => void }) {
  const t = useWords(askWords)
  const path = useWords(pathWords)
  const language = useLanguage()
  const { id } = useTenant()
  const say = useSay()
  const at = useAt()
  const go = useGo()
  const queries = useQueryClient()
  const mayAccept = useMay('partner-case:edit')
  const mayGive = useMay('partner-access:edit')
  const stage = own.stage as Stage
  const accept = async (): Promise<void> => {
    try {
      queries.setQueryData(keyOf(id), {
        case: await api.post<OwnCase>(`/v1/tenants/${id}/partner-case/accept`),
      })
      say.done(t('accepted'))
    } catch (error) {
      say.failed(error)
      await queries.invalidateQueries({ queryKey: keyOf(id) })
    }
  }
  const partner = own.partner?.name ?? ''
  const title =
    stage === 'new'
      ? t('waitTaken')
      : own.waitingOn === 'customer' && stage !== 'done'
        ? t('yourTurn')
        : t('with', { partner })
  const hasSheet = stage === 'done' || own.toAccept
  return (
    <>
      {stage !== 'declined' && (
        <Card>
          <StageRow stage={stage} />
        </Card>
      )}
      <div className="pt-columns">
        <div>
          <Card title={stage === 'declined' ? path('stage.declined') : title}>
            {stage === 'declined' && <p>{t('declined', { partner, reason: own.declineReason })}</p>}
            {stage === 'done' && <p className="pt-big">{t('done')}</p>}
            {own.toAccept && <p>{t('acceptWhy')}</p>}
            <Checklist
              lines={own.lines}
              actionOf={(line) =>
                line.item === 'access-given' && !line.done && mayGive ? (
                  <Button size="small" appearance="primary" onClick={() => go(at('settings/partners'))}>
                    {t('giveAccess')}
                  </Button>
                ) : null
              }
            />
            <div className="pt-acts">
              {own.toAccept && mayAccept && (
                <Button appearance="primary" onClick={() => void accept()}>
                  {t('accept')}
                </Button>
              )}
              {hasSheet && (
                <Button
                  as="a"
                  icon={<ArrowDownloadRegular />}
                  href={`/v1/tenants/${id}/partner-case/hand-over.pdf?lang=${language}`}
                  download=""
                >
                  {t('sheet')}
                </Button>
              )}
              {(stage === 'declined' || stage === 'done') && mayAccept && (
                <Button onClick={onAgain}>{t('again')}</Button>
              )}
            </div>
          </Card>
        </div>
        <div>
          <Card title={t('told')}>
            <IntakeFacts intake={own.intake} />
          </Card>
        </div>
      </div>
    </>
  )
}
