/** `billing/advice`: what to buy, from the tenant's own calls or a file of another system's (G1). The address names the answer. */
import { Button, Field, Input, ProgressBar, Select } from '@fluentui/react-components'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { AdviceWire } from '../../../api/schema/advice.ts'
import type { LineVerdict, VERDICTS } from '../../../core/advice/verdict.ts'
import { api, isProblem } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { EmptyState } from '../../kit/empty-state.tsx'
import { Duration, Money, When } from '../../kit/figures.tsx'
import { Go, useAt, useUrlState } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import { useFormats, useLanguage, useWords } from '../../words/use.tsx'
import { AdviceAnswer } from './answer.tsx'
import './advice.css'
import { type ChosenColumns, Columns, headerOf } from './columns.tsx'
import { adviceWords } from './words.ts'

interface Job {
  readonly id: string
  readonly state: string
  readonly createdAt: string
  readonly finishedAt: string | null
  readonly done: number
  readonly mayStop: boolean
  readonly summary: { readonly headline: Readonly<Record<'en' | 'fr', string>> | null } | null
  readonly failure: { readonly title: string } | null
  readonly result: { readonly path: string } | null
}

interface Result {
  readonly en: AdviceWire
  readonly fr: AdviceWire
  readonly read: {
    readonly files: readonly { readonly name: string; readonly lines: number }[]
    readonly verdicts: Readonly<Partial<Record<keyof typeof VERDICTS, number>>>
    readonly localTimes: number
    /** The first lines that are not in the advice. Answers of before this release have none. */
    readonly left?: readonly LineVerdict[]
  }
  readonly users: readonly {
    readonly name: string
    readonly abroad: {
      readonly holdsPlan: boolean
      readonly spend: string
      readonly poolSeconds: number
      readonly opposite: string
    } | null
  }[]
  /** Empty: too long for a page. */
  readonly certificate: string
  /** The search was stopped and is kept. Answers of before this release have neither. */
  readonly mayContinue?: boolean
  readonly before?: { readonly total: MoneyText; readonly gap: MoneyText } | null
}

type MoneyText = AdviceWire['total']

const LONG_SEARCH_SECONDS = 600

export default function AdvicePage() {
  const t = useWords(adviceWords)
  const { id } = useTenant()
  const at = useAt()
  const [{ job }, setUrl] = useUrlState({ job: '' })
  const jobs = useQuery({
    queryKey: ['advice-jobs', id],
    queryFn: ({ signal }) =>
      api.get<{ readonly data: readonly Job[] }>(`/v1/tenants/${id}/jobs`, {
        query: { kind: 'advise', limit: 10 },
        signal,
      }),
    refetchInterval: (query) => (query.state.data?.data.some(({ finishedAt }) => finishedAt === null) ? 700 : false),
  })
  const client = useQueryClient()
  const started = (made: Job): void => {
    setUrl({ job: made.id })
    void client.invalidateQueries({ queryKey: ['advice-jobs', id] })
  }
  const list = jobs.data?.data ?? []
  const shown = list.find((one) => one.id === job) ?? list[0]
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        <Button as="a" href={at('billing/what-if')}>
          {t('whatIf')}
        </Button>
      </PageHead>
      <div className="advice-columns">
        <div className="k-stack">
          <OwnCalls onStarted={started} />
          <FileOfCalls onStarted={started} />
          <p>
            <Go to="/what-to-buy">{t('noData')}</Go>
          </p>
          <Card title={t('earlier')}>
            {list.length === 0 && <p className="k-quiet">{t('nothingYet')}</p>}
            <Earlier jobs={list} shown={shown?.id} onChoose={(chosen) => setUrl({ job: chosen })} />
          </Card>
        </div>
        <div>
          {shown ? (
            <Answer key={shown.id} job={shown} onStarted={started} />
          ) : (
            <EmptyState drawing="signpost" sentence={t('nothingYet')} />
          )}
        </div>
      </div>
    </>
  )
}

interface StartProps {
  readonly onStarted: (job: Job) => void
}

function OwnCalls({ onStarted }: StartProps) {
  const t = useWords(adviceWords)
  const say = useSay()
  const { id } = useTenant()
  const [months, setMonths] = useState('3')
  const [isBusy, setBusy] = useState(false)
  const start = async (): Promise<void> => {
    setBusy(true)
    try {
      onStarted(await api.post<Job>(`/v1/tenants/${id}/advice`, { months: Number(months) }))
    } catch (error) {
      say.failed(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Card title={t('ownCalls')}>
      <p className="k-quiet">{t('ownCallsWhy')}</p>
      <div className="k-row">
        <Field label={t('months')}>
          <Select value={months} onChange={(_, { value }) => setMonths(value)}>
            {['1', '2', '3', '6', '12'].map((count) => (
              <option key={count} translate="no">
                {count}
              </option>
            ))}
          </Select>
        </Field>
        <Button appearance="primary" disabled={isBusy} onClick={() => void start()}>
          {t('calculate')}
        </Button>
      </div>
    </Card>
  )
}

function FileOfCalls({ onStarted }: StartProps) {
  const t = useWords(adviceWords)
  const language = useLanguage()
  const { id } = useTenant()
  const file = useRef<HTMLInputElement>(null)
  const [name, setName] = useState('')
  const [outsidePrefix, setOutside] = useState('')
  const [dateOrder, setDateOrder] = useState('')
  const [header, setHeader] = useState<readonly string[]>([])
  const [columns, setColumns] = useState<ChosenColumns>({})
  const choose = async (): Promise<void> => {
    const chosen = file.current?.files?.[0]
    setName(chosen?.name ?? '')
    setColumns({})
    setHeader(chosen ? await headerOf(chosen) : [])
  }
  const [wrong, setWrong] = useState<{ readonly title: string; readonly detail: string | null } | null>(null)
  const [isBusy, setBusy] = useState(false)
  const start = async (): Promise<void> => {
    const chosen = file.current?.files?.[0]
    if (!chosen) return setWrong({ title: t('noFile'), detail: null })
    setWrong(null)
    setBusy(true)
    try {
      const named = Object.fromEntries(Object.entries(columns).map(([column, name]) => [`${column}Column`, name]))
      const options = { outsidePrefix, dateOrder, ...named }
      onStarted(await sendFile(`/v1/tenants/${id}/advice/files`, chosen, options, language))
    } catch (error) {
      if (!isProblem(error)) throw error
      setWrong({ title: error.title, detail: error.detail })
    } finally {
      setBusy(false)
    }
  }
  return (
    <Card title={t('otherCalls')}>
      <p className="k-quiet">{t('otherCallsWhy')}</p>
      {wrong && <Refusal title={wrong.title} detail={wrong.detail} />}
      <Field label={t('file')}>
        {(field) => (
          <span className="advice-file">
            <input
              {...field}
              className="unseen"
              type="file"
              accept=".csv,.txt,.tsv,.zip,.gz"
              ref={file}
              onChange={() => void choose()}
            />
            <Button onClick={() => file.current?.click()} tabIndex={-1}>
              {t('choose')}
            </Button>
            <span translate={name === '' ? 'yes' : 'no'}>{name === '' ? t('noneChosen') : name}</span>
          </span>
        )}
      </Field>
      <div className="advice-pair">
        <Field label={t('outside')} hint={t('outsideHint')}>
          <Input
            inputMode="numeric"
            value={outsidePrefix}
            onChange={(_, { value }) => setOutside(value.replaceAll(/\D/g, '').slice(0, 4))}
          />
        </Field>
        <Field label={t('dates')}>
          <Select value={dateOrder} onChange={(_, { value }) => setDateOrder(value)}>
            <option value="">{t('datesNone')}</option>
            <option value="day-first">{t('dayFirst')}</option>
            <option value="month-first">{t('monthFirst')}</option>
          </Select>
        </Field>
      </div>
      <Columns header={header} chosen={columns} onChange={setColumns} />
      <Button disabled={isBusy} onClick={() => void start()}>
        {t('upload')}
      </Button>
    </Card>
  )
}

/** A file as the body: the client of the API speaks JSON only. */
async function sendFile(
  path: string,
  file: File,
  options: Readonly<Record<string, string>>,
  language: string,
): Promise<Job> {
  return api.post<Job>(path, file, {
    query: { name: file.name, ...options },
    headers: { 'content-type': 'application/octet-stream', 'accept-language': language },
  })
}

interface EarlierProps {
  readonly jobs: readonly Job[]
  readonly shown: string | undefined
  readonly onChoose: (id: string) => void
}

function Earlier({ jobs, shown, onChoose }: EarlierProps) {
  const t = useWords(adviceWords)
  const language = useLanguage()
  return (
    <ul className="advice-earlier">
      {jobs.map((job) => (
        <li key={job.id}>
          <button type="button" aria-pressed={job.id === shown} onClick={() => onChoose(job.id)}>
            <b translate={job.summary?.headline ? 'no' : 'yes'}>
              {job.summary?.headline?.[language] ?? (job.failure ? t('failed') : t('waiting'))}
            </b>
            <When at={job.createdAt} />
          </button>
        </li>
      ))}
    </ul>
  )
}

function Answer({ job, onStarted }: { readonly job: Job } & StartProps) {
  const t = useWords(adviceWords)
  const say = useSay()
  const formats = useFormats()
  const { id } = useTenant()
  const path = job.result?.path
  const result = useQuery({
    queryKey: ['advice', id, job.id],
    queryFn: ({ signal }) => api.get<Result>(path ?? '', { signal }),
    enabled: path !== undefined && job.failure === null,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (job.failure) return <Refusal title={t('failed')} detail={job.failure.title} />
  if (job.finishedAt === null) {
    const stop = () => api.delete(`/v1/tenants/${id}/jobs/${job.id}`).catch(say.failed)
    return (
      <Card>
        <p role="status">{job.done > 0 ? t('running', { done: formats.number(job.done) }) : t('waiting')}</p>
        <ProgressBar aria-label={t('title')} />
        {job.mayStop && <Button onClick={() => void stop()}>{t('stopIt')}</Button>}
      </Card>
    )
  }
  return <Block query={result}>{(found) => <Found found={found} jobId={job.id} onStarted={onStarted} />}</Block>
}

function Found({ found, jobId, onStarted }: { readonly found: Result; readonly jobId: string } & StartProps) {
  const t = useWords(adviceWords)
  const language = useLanguage()
  const say = useSay()
  const at = useAt()
  const { id } = useTenant()
  const advice = found[language]
  const formats = useFormats()
  const goOn = async (): Promise<void> => {
    try {
      onStarted(await api.post<Job>(`/v1/tenants/${id}/advice/${jobId}/continue`, { seconds: LONG_SEARCH_SECONDS }))
    } catch (error) {
      say.failed(error)
    }
  }
  const save = (): void => saveFile('ringfence-certificate.json', 'application/json', found.certificate)
  return (
    <div className="k-stack">
      <AdviceAnswer advice={advice}>
        {found.before && (
          <p role="note">
            {t(advice.status === 'proven' ? 'wentOnProven' : 'wentOn', {
              before: formats.money(found.before.gap),
              after: formats.money(advice.gap),
            })}
          </p>
        )}
        {found.mayContinue && (
          <Button className="advice-go-on no-print" onClick={() => void goOn()} title={t('keepSearchingWhy')}>
            {t('keepSearching')}
          </Button>
        )}
      </AdviceAnswer>
      <div className="k-row no-print">
        {advice.countries.length > 0 && (
          <Button as="a" appearance="primary" href={at('billing/purchase')}>
            {t('seeOrder')}
          </Button>
        )}
        {found.certificate !== '' && (
          <Button onClick={save} title={t('certificateWhy')}>
            {t('certificate')}
          </Button>
        )}
      </div>
      <Holders found={found} />
      <WhatWasRead found={found} />
    </div>
  )
}

function saveFile(name: string, type: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }))
  Object.assign(document.createElement('a'), { href: address, download: name }).click()
  URL.revokeObjectURL(address)
}

const HOLDERS_SHOWN = 50

function Holders({ found }: { readonly found: Result }) {
  const t = useWords(adviceWords)
  const language = useLanguage()
  const { currency } = found[language].total
  const abroad = found.users.flatMap(({ name, abroad: one }) => (one ? [{ name, ...one }] : []))
  if (abroad.length === 0) return null
  const money = (micros: string) => ({ amount: decimal(micros), currency })
  const holders = abroad.filter((one) => one.holdsPlan)
  return (
    <Card title={t('holders')}>
      {holders.length === 0 && <p>{t('holdersNone')}</p>}
      {holders.length > 0 && (
        <table className="advice-lines">
          <thead>
            <tr>
              <th scope="col">{t('who')}</th>
              <th scope="col" className="num">
                {t('minutes')}
              </th>
              <th scope="col" className="num">
                {t('byCredits')}
              </th>
              <th scope="col" className="num">
                {t('opposite')}
              </th>
            </tr>
          </thead>
          <tbody>
            {holders.slice(0, HOLDERS_SHOWN).map((one) => (
              <tr key={one.name}>
                <td translate="no">{one.name}</td>
                <td className="num">
                  <Duration seconds={one.poolSeconds} />
                </td>
                <td className="num">
                  <Money money={money(one.spend)} />
                </td>
                <td className="num">
                  + <Money money={money(one.opposite)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  )
}

/** Micros as the API writes amounts. */
function decimal(micros: string): string {
  const padded = micros.padStart(7, '0')
  return `${padded.slice(0, -6)}.${padded.slice(-6)}`
}

function WhatWasRead({ found }: { readonly found: Result }) {
  const t = useWords(adviceWords)
  const language = useLanguage()
  const formats = useFormats()
  const verdicts = useQuery({
    queryKey: ['verdicts'],
    queryFn: () => import('../../../core/advice/verdict.ts'),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const { files, localTimes } = found.read
  if (files.length === 0) return null
  const counted = Object.entries(found.read.verdicts) as [keyof typeof VERDICTS, number][]
  const { left = [] } = found.read
  const table = verdicts.data
  const saveLeft = (): void => {
    if (!table) return
    const lines = left.map((line) => table.verdictLine(line, language))
    saveFile('ringfence-lines.csv', 'text/csv', table.VERDICT_COLUMNS + lines.join(''))
  }
  return (
    <Card title={t('read')}>
      {files.map(({ name, lines }) => (
        <p key={name}>{t('lines', { name, count: lines })}</p>
      ))}
      <table className="advice-lines">
        <tbody>
          {counted.map(([verdict, count]) => (
            <tr key={verdict} translate="no">
              <td>{verdicts.data?.VERDICTS[verdict][language] ?? ''}</td>
              <td className="num">{formats.number(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {localTimes > 0 && <p className="k-quiet">{t('localTimes', { count: localTimes })}</p>}
      {left.length > 0 && table && (
        <Button className="no-print" onClick={saveLeft} title={t('leftWhy')}>
          {t('left', { count: left.length })}
        </Button>
      )}
    </Card>
  )
}
