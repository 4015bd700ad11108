/** The SBCs of a tenant’s own carrier, its numbers, and a call to try them (L4). Without a plan only. */
import { Button, MenuItem } from '@fluentui/react-components'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { z } from 'zod'
import type { trunkOut, trunkWithPassword } from '../../../api/schema/trunk.ts'
import { parseTlsReason } from '../../../core/trunk.ts'
import { api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { ConfirmDialog } from '../../kit/confirm-dialog.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Go, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { ReadOnlyNote } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import type { PageOf } from '../../kit/use-pages.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { SecretDialog } from '../settings/secret-dialog.tsx'
import { AddTrunk } from './add.tsx'
import { ChangeCertificate, Fingerprint, OurCertificate, useTrunkAccess } from './certificate.tsx'
import { TrunkNumbers } from './numbers.tsx'
import { TestCall } from './test-call.tsx'
import { trunkWords } from './words.ts'
import './trunks.css'

export type Trunk = z.output<typeof trunkOut>
export type NewTrunk = z.output<typeof trunkWithPassword>

export default function TrunksPage() {
  const t = useWords(trunkWords)
  const { id, licenceType } = useTenant()
  const [, setPanel] = useUrlState({ panel: '' })
  const mayEdit = useMay('trunk:edit')
  const isWithoutPlan = licenceType === 'without-calling-plan'
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        {isWithoutPlan && mayEdit && (
          <Button appearance="primary" onClick={() => setPanel({ panel: 'add' }, { push: true })}>
            {t('add')}
          </Button>
        )}
        {isWithoutPlan && (
          <Go to="partner" className="tr-link">
            {t('partner')}
          </Go>
        )}
        <MoreMenu curl={{ path: `/v1/tenants/${id}/trunks` }} />
      </PageHead>
      {isWithoutPlan ? (
        <>
          <ReadOnlyNote unless="trunk:edit" />
          <Trunks />
          <div className="tr-columns">
            <TrunkNumbers />
            <TestCall />
          </div>
        </>
      ) : (
        <Card>
          <EmptyState drawing="signpost" sentence={t('withPlan')} />
        </Card>
      )}
    </>
  )
}

function Trunks() {
  const t = useWords(trunkWords)
  const { id } = useTenant()
  const queries = useQueryClient()
  const [{ panel }, setPanel] = useUrlState({ panel: '' })
  const [secret, setSecret] = useState<NewTrunk | null>(null)
  const mayEdit = useMay('trunk:edit')
  const path = `/v1/tenants/${id}/trunks`
  const query = useQuery({
    queryKey: ['trunks', id],
    queryFn: ({ signal }) => api.get<PageOf<Trunk>>(path, { query: { limit: 50 }, signal }),
    // Whether an SBC answers is asked by the switch all the time.
    refetchInterval: 10_000,
  })
  const renew = (): Promise<void> => queries.invalidateQueries({ queryKey: ['trunks', id] })
  return (
    <>
      <Block query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <Card>
              <EmptyState drawing="gate" sentence={t('empty')}>
                {mayEdit && <Button onClick={() => setPanel({ panel: 'add' }, { push: true })}>{t('add')}</Button>}
              </EmptyState>
            </Card>
          ) : (
            <div className="tr-cards">
              {data.map((trunk) => (
                <TrunkCard key={trunk.id} trunk={trunk} path={path} onSecret={setSecret} onChange={renew} />
              ))}
            </div>
          )
        }
      </Block>
      {panel === 'add' && mayEdit && (
        <AddTrunk
          path={path}
          onClose={() => setPanel({ panel: '' })}
          onDone={(made) => {
            setPanel({ panel: '' })
            if (made.mode === 'register') setSecret(made)
            void renew()
          }}
        />
      )}
      {secret !== null && (
        <SecretDialog
          title={t('secretTitle', { name: secret.name })}
          secret={secret.password}
          fileName={`${secret.id}.txt`}
          onClose={() => setSecret(null)}
        />
      )}
    </>
  )
}

interface TrunkCardProps {
  readonly trunk: Trunk
  readonly path: string
  readonly onSecret: (trunk: NewTrunk) => void
  readonly onChange: () => Promise<void>
}

const LOOKS = { up: 'k-pill-good', unreachable: 'k-pill-bad', 'not-registered': 'k-pill-warn', unknown: '' } as const

function TrunkCard({ trunk, path, onSecret, onChange }: TrunkCardProps) {
  const t = useWords(trunkWords)
  const say = useSay()
  const formats = useFormats()
  const queries = useQueryClient()
  const { id } = useTenant()
  const mayEdit = useMay('trunk:edit')
  const [asked, setAsked] = useState<'' | 'remove' | 'renew' | 'certificate'>('')
  const [isChecking, setChecking] = useState(false)
  const access = useTrunkAccess()
  const own = `${path}/${trunk.id}`
  const isTls = trunk.transport === 'tls'
  const stateText =
    trunk.state === 'up'
      ? t(trunk.mode === 'register' ? 'state.up.register' : 'state.up.address')
      : t(`state.${trunk.state}`)
  async function check(): Promise<void> {
    setChecking(true)
    try {
      const seen = await api.post<Trunk>(`${own}/check`)
      queries.setQueryData<PageOf<Trunk>>(
        ['trunks', id],
        (before) => before && { ...before, data: before.data.map((one) => (one.id === seen.id ? seen : one)) },
      )
    } catch (error) {
      say.failed(error)
    }
    setChecking(false)
  }
  return (
    <Card
      title={<span translate="no">{trunk.name}</span>}
      aside={<span className={`k-pill ${LOOKS[trunk.state]}`}>{stateText}</span>}
    >
      <dl className="tr-facts">
        {trunk.mode === 'address' ? (
          <>
            <dt>{t('host')}</dt>
            <dd translate="no" className="num">
              {trunk.host}:{trunk.port} {trunk.transport.toUpperCase()}
            </dd>
          </>
        ) : (
          <>
            <dt>{t('username')}</dt>
            <dd translate="no">
              <code>{trunk.username}</code>
            </dd>
          </>
        )}
        <dt>{t('domain')}</dt>
        <dd translate="no">
          <code>{trunk.domain}</code>
        </dd>
        <dt>{t('registrar')}</dt>
        <dd>
          {trunk.registrar === null && t('noSwitch')}
          {trunk.registrar !== null && !isTls && <code translate="no">{trunk.registrar}</code>}
          {access?.tls && (isTls || trunk.mode === 'register') && (
            <>
              {!isTls && ' · TLS '}
              <code translate="no">{access.tls.registrar}</code>
            </>
          )}
        </dd>
        {isTls && (
          <>
            <dt>{t('certificate')}</dt>
            <dd translate="no">{trunk.certificateName ?? <Fingerprint of={trunk.certificateFingerprint ?? ''} />}</dd>
            {access?.tls && (
              <>
                <dt>{t('ours')}</dt>
                <dd>
                  <OurCertificate />
                </dd>
              </>
            )}
          </>
        )}
        <dt>{t('state')}</dt>
        <dd>
          {t('sinceState', { when: formats.moment(trunk.stateAt) })} <LastAnswer trunk={trunk} />
        </dd>
      </dl>
      {mayEdit && (
        <div className="tr-acts">
          <Button disabled={isChecking} onClick={() => void check()}>
            {t(isChecking ? 'checking' : 'check')}
          </Button>
          <MoreMenu curl={{ path: own }} history={trunk.id}>
            {isTls && <MenuItem onClick={() => setAsked('certificate')}>{t('changeCertificate')}</MenuItem>}
            {trunk.mode === 'register' && <MenuItem onClick={() => setAsked('renew')}>{t('renew')}</MenuItem>}
            <MenuItem onClick={() => setAsked('remove')}>{t('remove')}</MenuItem>
          </MoreMenu>
        </div>
      )}
      {asked === 'certificate' && (
        <ChangeCertificate
          trunk={trunk}
          path={own}
          onDone={() => {
            setAsked('')
            void check()
          }}
          onClose={() => setAsked('')}
        />
      )}
      <ConfirmDialog
        open={asked === 'remove'}
        title={t('removeTitle', { name: trunk.name })}
        action={t('removeTitle', { name: trunk.name })}
        word={trunk.name}
        onConfirm={async () => {
          await api.delete(own)
          setAsked('')
          say.done(t('removed'))
          await onChange()
        }}
        onClose={() => setAsked('')}
      >
        <p>{t('removeWhy')}</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={asked === 'renew'}
        title={t('renewTitle', { name: trunk.name })}
        action={t('renewTitle', { name: trunk.name })}
        onConfirm={async () => {
          const made = await api.post<NewTrunk>(`${own}/renew-password`)
          setAsked('')
          onSecret(made)
        }}
        onClose={() => setAsked('')}
      >
        <p>{t('renewWhy')}</p>
      </ConfirmDialog>
    </Card>
  )
}

const WHY = { 401: 'why.401', 407: 'why.401', 403: 'why.403', 408: 'why.408', 503: 'why.503' } as const

/** The last SIP answer in words. */
function LastAnswer({ trunk }: { readonly trunk: Trunk }) {
  const t = useWords(trunkWords)
  const { sipStatus, sipReason, askedAt, state } = trunk
  if (askedAt === null || state === 'not-registered') return null
  const refused = parseTlsReason(sipReason)
  if (refused) {
    return (
      <>
        · {t(`tls.${refused.fault}`)}
        {refused.shown !== null && refused.fault !== 'certificate-expired' && (
          <>
            {' '}
            {t('shown')} <Fingerprint of={refused.shown} />
          </>
        )}
      </>
    )
  }
  if (sipStatus === null) return <>· {t('noAnswer')}</>
  const why = state === 'up' ? undefined : WHY[sipStatus as keyof typeof WHY]
  return (
    <>
      · {t('answered', { status: String(sipStatus), reason: sipReason })} {why === undefined ? null : t(why)}
    </>
  )
}
