/** Numbers that stay with the carrier, and who has them. */
import {
  Button,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Dropdown,
  Field,
  Option,
  Radio,
  RadioGroup,
  Textarea,
} from '@fluentui/react-components'
import { DismissRegular } from '@fluentui/react-icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { type trunkNumberOut, trunkNumbersBody } from '../../../api/schema/trunk.ts'
import { api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Card } from '../../kit/card.tsx'
import { type Column, DataTable } from '../../kit/data-table.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { useUrlState } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { PhoneNumber } from '../../kit/phone-number.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useForm } from '../../kit/use-form.ts'
import { type PageOf, usePages } from '../../kit/use-pages.ts'
import { useWords } from '../../words/use.tsx'
import { trunkWords } from './words.ts'

type TrunkNumber = z.output<typeof trunkNumberOut>

interface Person {
  readonly id: string
  readonly name: string
}

export function TrunkNumbers() {
  const t = useWords(trunkWords)
  const { id } = useTenant()
  const say = useSay()
  const queries = useQueryClient()
  const mayEdit = useMay('number:assign')
  const [{ panel }, setPanel] = useUrlState({ panel: '' })
  const path = `/v1/tenants/${id}/trunk-numbers`
  const key = ['trunk-numbers', id]
  const list = usePages<TrunkNumber>(key, path, { limit: 100 })
  const people = useQuery({
    queryKey: ['users', id, 'for-numbers'],
    queryFn: ({ signal }) => api.get<PageOf<Person>>(`/v1/tenants/${id}/users`, { query: { limit: 100 }, signal }),
    enabled: mayEdit,
  })
  async function act(work: () => Promise<unknown>): Promise<void> {
    try {
      await work()
    } catch (error) {
      say.failed(error)
    }
    await queries.invalidateQueries({ queryKey: key })
  }
  const give = (row: TrunkNumber, userId: string): Promise<void> =>
    act(() => (userId === '' ? api.delete(`${path}/${row.id}/user`) : api.put(`${path}/${row.id}/user`, { userId })))
  const columns: readonly Column<TrunkNumber>[] = [
    { id: 'number', title: t('number'), phone: 'title', cell: ({ number }) => <PhoneNumber number={number} /> },
    {
      id: 'user',
      title: t('user'),
      phone: 'fact',
      cell: (row) =>
        row.type === 'service-toll' ? (
          t('company')
        ) : mayEdit ? (
          <Dropdown
            clearButton={null}
            size="small"
            aria-label={t('choose', { number: row.number })}
            value={row.user?.name ?? t('nobody')}
            selectedOptions={[row.user?.id ?? '']}
            onOptionSelect={(_, { optionValue }) => void give(row, optionValue ?? '')}
          >
            <Option value="" text={t('nobody')}>
              {t('nobody')}
            </Option>
            {(people.data?.data ?? []).map((person) => (
              <Option key={person.id} value={person.id} text={person.name}>
                <span translate="no">{person.name}</span>
              </Option>
            ))}
          </Dropdown>
        ) : (
          ((row.user && <span translate="no">{row.user.name}</span>) ?? t('nobody'))
        ),
    },
    ...(mayEdit
      ? [
          {
            id: 'act',
            title: '',
            align: 'right' as const,
            width: '48px',
            phone: 'figure' as const,
            cell: (row: TrunkNumber) => (
              <Button
                size="small"
                appearance="subtle"
                icon={<DismissRegular />}
                aria-label={t('removeNumber', { number: row.number })}
                onClick={() => void act(() => api.delete(`${path}/${row.id}`))}
              />
            ),
          },
        ]
      : []),
  ]
  return (
    <Card
      title={t('numbers')}
      flush
      aside={
        mayEdit ? (
          <Button size="small" onClick={() => setPanel({ panel: 'numbers' }, { push: true })}>
            {t('enterNumbers')}
          </Button>
        ) : undefined
      }
    >
      <DataTable
        label={t('numbers')}
        columns={columns}
        rowKey={({ id: key }) => key}
        {...list.table}
        empty={<EmptyState drawing="lots" sentence={t('noNumbers')} />}
      />
      {panel === 'numbers' && mayEdit && (
        <EnterNumbers
          path={path}
          onClose={() => setPanel({ panel: '' })}
          onDone={(count) => {
            setPanel({ panel: '' })
            say.done(t('entered', { count }))
            void queries.invalidateQueries({ queryKey: key })
          }}
        />
      )}
    </Card>
  )
}

function EnterNumbers({
  path,
  onDone,
  onClose,
}: {
  readonly path: string
  readonly onDone: (count: number) => void
  readonly onClose: () => void
}) {
  const t = useWords(trunkWords)
  const form = useForm({
    initial: { numbers: '', type: 'user' as TrunkNumber['type'] },
    schema: trunkNumbersBody,
    draft: `trunk-numbers-${path}`,
    // Spaces, dots and brackets are how people write them.
    toBody: ({ numbers, type }) => ({
      type,
      numbers: numbers
        .split(/[\n,;]/)
        .map((line) => line.replaceAll(/[\s().-]/g, ''))
        .filter((line) => line !== ''),
    }),
    submit: (body, intent) => api.post<{ data: readonly unknown[] }>(path, body, { intent }),
    onDone: ({ data }) => onDone(data.length),
  })
  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface>
        <form onSubmit={(event) => void form.onSubmit(event)} noValidate>
          <DialogBody>
            <DialogTitle>{t('enterNumbers')}</DialogTitle>
            <DialogContent className="tr-form">
              {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
              <Field {...form.field('type', t('use'))}>
                <RadioGroup
                  value={form.values.type}
                  onChange={(_, { value }) => form.set('type', value === 'user' ? 'user' : 'service-toll')}
                >
                  <Radio value="user" label={t('use.user')} />
                  <Radio value="service-toll" label={t('use.company')} />
                </RadioGroup>
              </Field>
              <Field {...form.field('numbers', t('numbers'))} hint={t('numbersHint')} required>
                <Textarea
                  name="numbers"
                  rows={6}
                  value={form.values.numbers}
                  onChange={(_, { value }) => form.set('numbers', value)}
                />
              </Field>
            </DialogContent>
            <DialogActions>
              <Button onClick={onClose}>{t('cancel')}</Button>
              <Button type="submit" appearance="primary" disabled={form.isBusy}>
                {t('enter')}
              </Button>
            </DialogActions>
          </DialogBody>
        </form>
      </DialogSurface>
    </Dialog>
  )
}
