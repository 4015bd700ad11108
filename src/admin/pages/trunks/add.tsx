/** A new SBC: one that registers, or one with an address. */
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
} from '@fluentui/react-components'
import { trunkBody } from '../../../api/schema/trunk.ts'
import { type TrunkTransport, usualSipPort } from '../../../core/trunk.ts'
import { api } from '../../data/client.ts'
import { DraftNote } from '../../kit/draft.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { useWords } from '../../words/use.tsx'
import {
  CertificateFields,
  type CertificateValues,
  certificateBody,
  OurCertificate,
  useTrunkAccess,
} from './certificate.tsx'
import type { NewTrunk } from './page.tsx'
import { trunkWords } from './words.ts'

interface Values extends CertificateValues {
  readonly name: string
  readonly mode: 'register' | 'address'
  readonly host: string
  readonly port: string
  readonly transport: TrunkTransport
}

export function AddTrunk({
  path,
  onDone,
  onClose,
}: {
  readonly path: string
  readonly onDone: (trunk: NewTrunk) => void
  readonly onClose: () => void
}) {
  const t = useWords(trunkWords)
  const say = useSay()
  const access = useTrunkAccess()
  const initial: Values = {
    name: 'SBC',
    mode: 'register',
    host: '',
    port: '5060',
    transport: 'udp',
    knownBy: 'fingerprint',
    certificateName: '',
    certificateFingerprint: '',
  }
  const form = useForm({
    initial,
    schema: trunkBody,
    draft: `trunk-${path}`,
    toBody: ({ name, mode, host, port, transport, ...values }) =>
      mode === 'register'
        ? { mode, name }
        : { mode, name, host, port: Number(port), transport, ...(transport === 'tls' ? certificateBody(values) : {}) },
    submit: (body, intent) => api.post<NewTrunk>(path, body, { intent }),
    onDone: (made) => {
      say.done(t('added'))
      onDone(made)
    },
  })
  const isByAddress = form.values.mode === 'address'
  const isTls = isByAddress && form.values.transport === 'tls'
  function choose(transport: TrunkTransport): void {
    // The usual port goes with the transport; one that was entered stays.
    if (form.values.port === String(usualSipPort(form.values.transport)))
      form.set('port', String(usualSipPort(transport)))
    form.set('transport', transport)
  }
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface>
        <form onSubmit={(event) => void form.onSubmit(event)} noValidate>
          <DialogBody>
            <DialogTitle>{t('add')}</DialogTitle>
            <DialogContent className="tr-form">
              <DraftNote form={form} />
              {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
              <Field {...form.field('name', t('name'))} required>
                <Input {...form.input('name')} />
              </Field>
              <Field label={t('mode')} hint={t(isByAddress ? 'addressHint' : 'registerHint')}>
                <RadioGroup
                  value={form.values.mode}
                  onChange={(_, { value }) => form.set('mode', value === 'address' ? 'address' : 'register')}
                >
                  <Radio value="register" label={t('mode.register')} />
                  <Radio value="address" label={t('mode.address')} />
                </RadioGroup>
              </Field>
              {isByAddress && (
                <div className="tr-fields">
                  <Field {...form.field('host', t('host'))} required>
                    <Input inputMode="decimal" placeholder="203.0.113.7" {...form.input('host')} />
                  </Field>
                  <Field {...form.field('port', t('port'))}>
                    <Input inputMode="numeric" {...form.input('port')} />
                  </Field>
                  <Field label={t('transport')}>
                    <RadioGroup
                      layout="horizontal"
                      value={form.values.transport}
                      onChange={(_, { value }) => choose(value as TrunkTransport)}
                    >
                      <Radio value="udp" label={<span translate="no">UDP</span>} />
                      <Radio value="tcp" label={<span translate="no">TCP</span>} />
                      <Radio value="tls" disabled={!access?.tls} label={<span translate="no">TLS</span>} />
                    </RadioGroup>
                  </Field>
                </div>
              )}
              {isTls && <CertificateFields form={form} />}
              {isTls && (
                <p className="k-quiet">
                  {t('ours')} <OurCertificate />
                </p>
              )}
              {isTls && <p className="k-quiet">{t('tlsCovers')}</p>}
              {access?.tls === null && <p className="k-quiet">{t('noTls')}</p>}
              {access?.tls && !isByAddress && (
                <p className="k-quiet">{t('registerTls', { place: access.tls.registrar })}</p>
              )}
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>{t('cancel')}</Button>
              <Button type="submit" appearance="primary" disabled={form.isBusy}>
                {t('add')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}
