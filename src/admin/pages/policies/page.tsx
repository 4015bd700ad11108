/** Who may call where; how much can go wrong. */
import { Button, Field, Input } from '@fluentui/react-components'
import { LockClosedRegular } from '@fluentui/react-icons'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { z } from 'zod'
import type { policiesOut } from '../../../api/policy.ts'
import { type ApiProblem, api, isProblem } from '../../data/client.ts'
import { queryClient } from '../../data/query.ts'
import { useMay, useTenant } from '../../data/session.ts'
import { Block } from '../../kit/block.tsx'
import { Card } from '../../kit/card.tsx'
import { Go, useUrlState } from '../../kit/go.tsx'
import { MoreMenu } from '../../kit/more-menu.tsx'
import { ReadOnlyNote, Refusal } from '../../kit/notes.tsx'
import { PageHead } from '../../kit/page-head.tsx'
import { useSay } from '../../kit/toast.tsx'
import { kitWords } from '../../kit/words.ts'
import { useWords } from '../../words/use.tsx'
import { Answer } from '../rates/look-up.tsx'
import { PersonPicker, useUsers } from '../rates/person-picker.tsx'
import { FailureCard } from './failure.tsx'
import { LimitsCard } from './limits.tsx'
import { policiesWords } from './words.ts'
import '../rates/rates.css'
import './policies.css'

type Policies = z.output<typeof policiesOut>
type Policy = Policies['policies'][number]

export default function PoliciesPage() {
  const t = useWords(policiesWords)
  const { id } = useTenant()
  const path = `/v1/tenants/${id}/calling-policies`
  const policies = useQuery({
    queryKey: ['calling-policies', id],
    queryFn: ({ signal }) => api.get<Policies>(path, { signal }),
  })
  return (
    <>
      <PageHead title={t('title')} sentence={t('sentence')}>
        <MoreMenu curl={{ path }} history={id} />
      </PageHead>
      <ReadOnlyNote unless="policy:edit" />
      <Card title={t('matrix')}>
        <Block query={policies} lines={8}>
          {(data) => <Matrix key={data.callingPolicy} given={data} />}
        </Block>
      </Card>
      <div className="k-grid">
        <Card title={t('credits')}>
          <Block query={policies}>{(data) => <Credits given={data} />}</Block>
        </Card>
        <Simulator />
      </div>
      <LimitsCard />
      <FailureCard />
    </>
  )
}

const CALLS = ['international-and-domestic', 'domestic', 'none'] as const
const CONFERENCES = ['any', 'organiser-country', 'zone-a', 'none'] as const

/** Four rows and three columns are the twelve policies. One of them is the organisation's; the others say who has them. */
function Matrix({ given }: { readonly given: Policies }) {
  const t = useWords(policiesWords)
  const k = useWords(kitWords)
  const say = useSay()
  const { id } = useTenant()
  const mayEdit = useMay('policy:edit')
  const [chosen, setChosen] = useState(given.callingPolicy)
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const at = (conference: string, calls: string): Policy | undefined =>
    given.policies.find((policy) => policy.conferenceDialOut === conference && policy.userCalls === calls)
  const write = async (callingPolicy: string): Promise<void> => {
    await api.patch(`/v1/tenants/${id}`, { callingPolicy })
    await Promise.all(
      [
        ['calling-policies', id],
        ['tenant', id],
        ['users', id],
        ['user-summary', id],
        ['price', id],
      ].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
    )
  }
  async function save(): Promise<void> {
    if (isBusy) return
    setBusy(true)
    setProblem(null)
    try {
      await write(chosen)
      say.done(t('saved'), () => write(given.callingPolicy))
    } catch (error) {
      if (!isProblem(error)) throw error
      setProblem(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <div className="k-stack">
      {problem && <Refusal title={problem.status === 0 ? k('notReached') : problem.title} detail={problem.detail} />}
      <p className="k-quiet">{t('matrixHow')}</p>
      <div className="m-scroll">
        <table className="m-matrix" aria-label={t('matrix')}>
          <thead>
            <tr>
              <td />
              <th scope="colgroup" colSpan={3}>
                {t('userCalls')}
              </th>
            </tr>
            <tr>
              <th scope="col">{t('conferences')}</th>
              {CALLS.map((calls) => (
                <th key={calls} scope="col">
                  {t(`calls.${calls}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {CONFERENCES.map((conference) => (
              <tr key={conference}>
                <th scope="row">{t(`conference.${conference}`)}</th>
                {CALLS.map((calls) => {
                  const policy = at(conference, calls)
                  return (
                    <td key={calls} className={policy?.name === chosen ? 'm-on' : undefined}>
                      {policy && (
                        <Cell
                          policy={policy}
                          given={given}
                          label={`${t(`calls.${calls}`)}, ${t(`conference.${conference}`)}`}
                          isChosen={policy.name === chosen}
                          mayEdit={mayEdit}
                          onChoose={() => setChosen(policy.name)}
                        />
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
            <tr className="m-locked">
              <td colSpan={4}>
                <LockClosedRegular fontSize={16} aria-hidden="true" /> {t('emergency')}
              </td>
            </tr>
          </tbody>
        </table>
      </div>
      <p className="k-quiet">{t('domesticMeans')}</p>
      {mayEdit && (
        <div className="k-row">
          <Button appearance="primary" disabled={isBusy || chosen === given.callingPolicy} onClick={() => void save()}>
            {t('save')}
          </Button>
        </div>
      )}
    </div>
  )
}

interface CellProps {
  readonly policy: Policy
  readonly given: Policies
  readonly label: string
  readonly isChosen: boolean
  readonly mayEdit: boolean
  readonly onChoose: () => void
}

function Cell({ policy, given, label, isChosen, mayEdit, onChoose }: CellProps) {
  const t = useWords(policiesWords)
  const { name, people, isTenantDefault } = policy
  return (
    <div className="m-cell" data-policy={name} data-people={people} data-calls={t(`calls.${policy.userCalls}`)}>
      <label title={name} translate="no">
        <input
          type="radio"
          name="tenant-policy"
          checked={isChosen}
          disabled={!mayEdit && !isChosen}
          onChange={onChoose}
          aria-label={label}
        />
        {isChosen && <b>{t('default')}</b>}
      </label>
      <span className="num">
        {isTenantDefault && <Go to="users?policy=default">{t('byDefault', { count: given.peopleWithoutOwn })}</Go>}
        {people > 0 && <Go to={`users?policy=${name}`}>{t('people', { count: people })}</Go>}
      </span>
    </div>
  )
}

function Credits({ given }: { readonly given: Policies }) {
  const t = useWords(policiesWords)
  const { on, off } = given.creditsEnabled
  return (
    <div className="k-stack">
      <ul className="m-credits">
        <li>
          <Go to="users?credits=on">
            <b className="num">{t('people', { count: on })}</b>
          </Go>{' '}
          {t('creditsOn')}
        </li>
        <li>
          <Go to="users?credits=off">
            <b className="num">{t('people', { count: off })}</b>
          </Go>{' '}
          {t('creditsOff')}
        </li>
      </ul>
      <p className="k-quiet">{t('creditsHow')}</p>
    </div>
  )
}

const TYPED_MS = 250

function Simulator() {
  const t = useWords(policiesWords)
  const [{ to, user }, setState] = useUrlState({ to: '', user: '' })
  const [typed, setTyped] = useState(to)
  const { data: users } = useUsers()
  const caller = user === '' ? (users?.data[0]?.id ?? '') : user
  useEffect(() => {
    const timer = setTimeout(() => setState({ to: typed }), TYPED_MS)
    return () => clearTimeout(timer)
  }, [typed, setState])
  return (
    <Card title={t('simulator')}>
      <div className="k-stack">
        <PersonPicker label={t('caller')} value={caller} onChange={(userId) => setState({ user: userId })} />
        <Field label={t('number')}>
          <Input
            type="tel"
            placeholder="+53 7 831 0000"
            value={typed}
            onChange={(_, { value }) => setTyped(value)}
            autoComplete="off"
          />
        </Field>
        <Answer to={to.trim()} caller={caller} isOwn={false} />
        <p className="k-quiet">{t('simulatorHow')}</p>
      </div>
    </Card>
  )
}
