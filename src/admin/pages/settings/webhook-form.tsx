/** Where events go and which: the form of a new endpoint and of one that there is. */
import {
  Button,
  Checkbox,
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
import type { z } from 'zod'
import {
  endpointBody,
  endpointChanges,
  type endpointOut,
  type endpointWithSecret,
} from '../../../api/schema/webhook.ts'
import { EVENT_TYPES, type EventType } from '../../../core/tenant-event.ts'
import { api } from '../../data/client.ts'
import { DraftNote } from '../../kit/draft.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { useForm } from '../../kit/use-form.ts'
import { useWords } from '../../words/use.tsx'
import { settingsWords, webhookWords } from './words.ts'

export type Endpoint = z.output<typeof endpointOut>
export type NewEndpoint = z.output<typeof endpointWithSecret>

interface Values extends Record<string, unknown> {
  readonly url: string
  readonly description: string
  /** All, later ones too. */
  readonly isAll: boolean
  readonly types: readonly string[]
}

export interface WebhookFormProps {
  readonly title: string
  /** `/v1/tenants/…/webhooks`. */
  readonly path: string
  /** Absent: a new one. */
  readonly endpoint?: Endpoint
  readonly onDone: (endpoint: Endpoint & Partial<NewEndpoint>) => void
  readonly onClose: () => void
}

const bodyOf = ({ url, description, isAll, types }: Values) => ({
  url: url.trim(),
  ...(description.trim() === '' ? {} : { description: description.trim() }),
  types: isAll ? [] : types,
})

export function WebhookForm({ title, path, endpoint, onDone, onClose }: WebhookFormProps) {
  const t = useWords(webhookWords)
  const common = useWords(settingsWords)
  const form = useForm<Values, Endpoint & Partial<NewEndpoint>>({
    initial: {
      url: endpoint?.url ?? '',
      description: endpoint?.description ?? '',
      isAll: endpoint === undefined || endpoint.types.length === 0,
      types: endpoint?.types ?? [],
    },
    schema: endpoint ? endpointChanges : endpointBody,
    draft: `webhook-${endpoint?.id ?? path}`,
    toBody: bodyOf,
    submit: (body, intent) =>
      endpoint ? api.patch(`${path}/${endpoint.id}`, body) : api.post<NewEndpoint>(path, body, { intent }),
    onDone,
  })
  const { values } = form
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && !form.isBusy && onClose()}>
      <DialogSurface className="st-wide">
        <form onSubmit={form.onSubmit} noValidate>
          <DialogBody>
            <DialogTitle>{title}</DialogTitle>
            <DialogContent className="k-form">
              <DraftNote form={form} />
              <Field {...form.field('url', t('url'))} hint={t('urlHint')}>
                <Input {...form.input('url')} type="url" inputMode="url" autoComplete="off" />
              </Field>
              <Field {...form.field('description', t('description'))}>
                <Input {...form.input('description')} autoComplete="off" />
              </Field>
              <Field {...form.field('types', t('types'))}>
                <RadioGroup
                  value={values.isAll ? 'all' : 'some'}
                  onChange={(_, { value }) => form.set('isAll', value === 'all')}
                >
                  <Radio value="all" label={t('allTypes')} />
                  <Radio value="some" label={t('chooseTypes')} />
                </RadioGroup>
              </Field>
              {!values.isAll && <Types chosen={values.types} onChange={(types) => form.set('types', types)} />}
              {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>{common('cancel')}</Button>
              <Button
                type="submit"
                appearance="primary"
                disabled={form.isBusy || (!values.isAll && values.types.length === 0)}
              >
                {endpoint ? common('save') : t('add')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}

interface TypesProps {
  readonly chosen: readonly string[]
  readonly onChange: (types: readonly string[]) => void
}

function Types({ chosen, onChange }: TypesProps) {
  const t = useWords(webhookWords)
  return (
    <fieldset className="st-types">
      <legend className="unseen">{t('chooseTypes')}</legend>
      {EVENT_TYPES.map((type) => (
        <Checkbox
          key={type}
          label={t(`type.${type}`)}
          checked={chosen.includes(type)}
          onChange={(_, { checked }) => onChange(checked ? [...chosen, type] : chosen.filter((held) => held !== type))}
        />
      ))}
    </fieldset>
  )
}

/** The name of a kind of event; of one that this page does not know yet, its code. */
export function EventName({ type }: { readonly type: string }) {
  const t = useWords(webhookWords)
  const isKnown = (EVENT_TYPES as readonly string[]).includes(type) || type === 'webhook.test'
  return isKnown ? t(`type.${type as EventType}`) : <code translate="no">{type}</code>
}
