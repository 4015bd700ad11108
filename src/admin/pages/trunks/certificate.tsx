/** What an SBC is known by over TLS: a name, or a fingerprint. Asked with a new SBC, and again when it has another certificate. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Field,
  Input,
  Radio,
  RadioGroup,
  Textarea,
} from '@fluentui/react-components'
import { useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import type { z } from 'zod'
import { type trunkAccessOut, trunkChanges } from '../../../api/schema/trunk.ts'
import { api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { type Form, useForm } from '../../kit/use-form.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import type { Trunk } from './page.tsx'
import { trunkWords } from './words.ts'

export type TrunkAccess = z.output<typeof trunkAccessOut>

/** Where SBCs reach this server, and with what certificate; undefined: not known yet. */
export function useTrunkAccess(): TrunkAccess | undefined {
  const { id } = useTenant()
  const path = `/v1/tenants/${id}/trunk-access`
  return useQuery({ queryKey: ['trunk-access', id], queryFn: ({ signal }) => api.get<TrunkAccess>(path, { signal }) })
    .data
}

export interface CertificateValues extends Record<string, unknown> {
  readonly knownBy: 'name' | 'fingerprint'
  readonly certificateName: string
  readonly certificateFingerprint: string
}

/** The one of the two that counts. */
export const certificateBody = ({ knownBy, certificateName, certificateFingerprint }: CertificateValues): object =>
  knownBy === 'name' ? { certificateName } : { certificateFingerprint }

export function CertificateFields<Values extends CertificateValues>({ form }: { readonly form: Form<Values> }) {
  const t = useWords(trunkWords)
  const isName = form.values.knownBy === 'name'
  return (
    <>
      <Field label={t('knownBy')} hint={t(isName ? 'nameHint' : 'fingerprintHint')}>
        <RadioGroup
          layout="horizontal"
          value={form.values.knownBy}
          onChange={(_, { value }) => form.set('knownBy', value === 'name' ? 'name' : 'fingerprint')}
        >
          <Radio value="fingerprint" label={t('by.fingerprint')} />
          <Radio value="name" label={t('by.name')} />
        </RadioGroup>
      </Field>
      {isName ? (
        <Field {...form.field('certificateName', t('certificateName'))} required>
          <Input placeholder={t('nameExample')} {...form.input('certificateName')} />
        </Field>
      ) : (
        <Field {...form.field('certificateFingerprint', t('certificateFingerprint'))} required>
          <Textarea className="tr-print" rows={3} resize="vertical" {...form.input('certificateFingerprint')} />
        </Field>
      )}
    </>
  )
}

export function ChangeCertificate({
  trunk,
  path,
  onDone,
  onClose,
}: {
  readonly trunk: Trunk
  readonly path: string
  readonly onDone: () => void
  readonly onClose: () => void
}) {
  const t = useWords(trunkWords)
  const say = useSay()
  const { certificateName, certificateFingerprint } = trunk
  const initial: CertificateValues = {
    knownBy: certificateName === null ? 'fingerprint' : 'name',
    certificateName: certificateName ?? '',
    certificateFingerprint: certificateFingerprint ?? '',
  }
  const form = useForm({
    initial,
    schema: trunkChanges,
    toBody: certificateBody,
    submit: (body) => api.patch<Trunk>(path, body),
    onDone: () => {
      say.done(t('saved'))
      onDone()
    },
  })
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface>
        <form onSubmit={(event) => void form.onSubmit(event)} noValidate>
          <DialogBody>
            <DialogTitle>{t('certificateOf', { name: trunk.name })}</DialogTitle>
            <DialogContent className="tr-form">
              {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
              <CertificateFields form={form} />
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>{t('cancel')}</Button>
              <Button type="submit" appearance="primary" disabled={form.isBusy}>
                {t('save')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}

/** It may break between its pairs, and is copied as it is. */
export function Fingerprint({ of }: { readonly of: string }) {
  const pairs = of.match(/..:?/g) ?? []
  return (
    <code className="tr-print" translate="no">
      {pairs.map((pair, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pairs repeat, and never move
        <Fragment key={at}>
          {pair}
          <wbr />
        </Fragment>
      ))}
    </code>
  )
}

/** What an SBC over TLS must accept as us. */
export function OurCertificate() {
  const t = useWords(trunkWords)
  const formats = useFormats()
  const tls = useTrunkAccess()?.tls
  if (!tls) return null
  return (
    <>
      <span translate="no">{tls.certificateNames.join(', ')}</span>,{' '}
      {t('oursUntil', { when: formats.date(tls.certificateValidTo) })}
      <Fingerprint of={tls.certificateFingerprint} />
    </>
  )
}
