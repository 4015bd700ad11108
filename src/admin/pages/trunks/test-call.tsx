/** A call to try the way out, and how it went (G3). */
import { Button, Field, Input } from '@fluentui/react-components'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { z } from 'zod'
import { testCallBody, type testCallOut } from '../../../api/schema/trunk.ts'
import { api } from '../../data/client.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { When } from '../../kit/figures.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { PhoneNumber } from '../../kit/phone-number.tsx'
import { useForm } from '../../kit/use-form.ts'
import type { PageOf } from '../../kit/use-pages.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import { trunkWords } from './words.ts'

type Test = z.output<typeof testCallOut>

const isUnderWay = ({ state }: Test): boolean => state === 'calling' || state === 'ringing' || state === 'talking'
const LOOK_MS = 500

export function TestCall() {
  const t = useWords(trunkWords)
  const { id } = useTenant()
  const queries = useQueryClient()
  const mayEdit = useMay('trunk:edit')
  const path = `/v1/tenants/${id}/trunk-test-calls`
  const key = ['trunk-test-calls', id]
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get<PageOf<Test>>(path, { query: { limit: 5 }, signal }),
    refetchInterval: ({ state }) => (state.data?.data.some(isUnderWay) ? LOOK_MS : false),
  })
  const form = useForm({
    initial: { number: '' },
    schema: testCallBody,
    toBody: ({ number }) => ({ number: number.replaceAll(/[\s().-]/g, '') }),
    submit: (body, intent) => api.post<Test>(path, body, { intent }),
    onDone: () => void queries.invalidateQueries({ queryKey: key }),
    fieldOf: (param) => (param === 'userId' ? '' : param),
  })
  return (
    <Card title={t('test')}>
      <p className="k-quiet">{t('testWhy')}</p>
      {mayEdit && (
        <form className="tr-test" onSubmit={(event) => void form.onSubmit(event)} noValidate>
          <Field {...form.field('number', t('testNumber'))}>
            <Input type="tel" placeholder="+33 1 99 00 12 99" {...form.input('number')} />
          </Field>
          <Button type="submit" appearance="primary" disabled={form.isBusy}>
            {t('call')}
          </Button>
        </form>
      )}
      {form.problem && <Refusal title={form.problem.title} detail={form.problem.detail} />}
      <Block query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="k-quiet">{t('noTest')}</p>
          ) : (
            <ul className="tr-tests" aria-live="polite">
              {data.map((test) => (
                <li key={test.id} data-state={test.state}>
                  <p>
                    <PhoneNumber number={test.number} /> <Result test={test} />
                  </p>
                  <p className="k-quiet">
                    <When at={test.at} /> · <span translate="no">{test.actor}</span>
                  </p>
                </li>
              ))}
            </ul>
          )
        }
      </Block>
    </Card>
  )
}

function Result({ test }: { readonly test: Test }) {
  const t = useWords(trunkWords)
  const formats = useFormats()
  const { state, sipStatus, sipReason, packets, refusal } = test
  const look = state === 'answered' ? 'k-pill-good' : state === 'failed' ? 'k-pill-bad' : ''
  return (
    <>
      <span className={`k-pill ${look}`}>{t(`test.${state}`)}</span>{' '}
      {state === 'answered' && (packets > 0 ? t('sound', { packets: formats.number(packets) }) : t('silent'))}
      {state === 'failed' && refusal !== null && t('refused', { code: refusal })}
      {state === 'failed' &&
        refusal === null &&
        sipStatus !== null &&
        t('answered', { status: String(sipStatus), reason: sipReason })}
    </>
  )
}
