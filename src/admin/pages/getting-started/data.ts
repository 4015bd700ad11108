/** What the wizard asks the API, and how a step is saved without writing over somebody else's. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { GettingStartedOnWire } from '../../../api/getting-started-view.ts'
import type { LaterStep, SetUpStep } from '../../../core/getting-started.ts'
import { type ApiProblem, api, isProblem, newIntent } from '../../data/client.ts'
import { queryClient } from '../../data/query.ts'
import { useTenant } from '../../data/session.ts'
import { useSay } from '../../kit/toast.tsx'

export type SetUp = GettingStartedOnWire
export type SetUpTask = SetUp['finish']['tasks'][number]
export type Held = NonNullable<NonNullable<SetUp['licences']>['order']>

const keyOf = (ten: string) => ['getting-started', ten] as const

/** While “Done” works, it is looked at this often. */
const LOOK_MS = 400

/** `isOn`: for places that show it only to some. */
export function useSetUp(ten: string, isOn = true) {
  return useQuery({
    queryKey: keyOf(ten),
    enabled: isOn,
    queryFn: ({ signal }) => api.get<SetUp>(`/v1/tenants/${ten}/getting-started`, { signal }),
    refetchInterval: ({ state }) => (state.data?.finish.isRunning ? LOOK_MS : false),
  })
}

export const stateOf = (setUp: SetUp, step: SetUpStep): SetUp['steps'][number]['state'] =>
  setUp.steps.find((one) => one.step === step)?.state ?? 'open'

const versionOf = (setUp: SetUp, step: SetUpStep): number => setUp.steps.find((one) => one.step === step)?.version ?? 0

/** Something of the tenant was changed in another way than through the wizard's own addresses. */
export const setUpChanged = (ten: string): Promise<unknown> => queryClient.invalidateQueries({ queryKey: keyOf(ten) })

const keep = (ten: string, setUp: SetUp): SetUp => {
  queryClient.setQueryData(keyOf(ten), setUp)
  void queryClient.invalidateQueries({ queryKey: ['home', ten] })
  return setUp
}

export const putLater = async (ten: string, step: LaterStep, later: boolean): Promise<SetUp> =>
  keep(ten, await api.put<SetUp>(`/v1/tenants/${ten}/getting-started/later`, { step, later }))

export const postFinish = async (ten: string, only?: string): Promise<SetUp> =>
  keep(
    ten,
    await api.post<SetUp>(`/v1/tenants/${ten}/getting-started/finish`, only === undefined ? {} : { only }, {
      intent: newIntent(),
    }),
  )

export interface Saving {
  readonly isBusy: boolean
  /** What was refused, for the page to show. */
  readonly problem: ApiProblem | null
  /** Somebody has changed the step since it was shown. */
  readonly isConflict: boolean
  /** Does it, and keeps what was refused. Null: refused. */
  run<Answer>(work: () => Promise<Answer>): Promise<Answer | null>
  /** Saves a step as it was shown; after a conflict the last one is sent again by `mine`. */
  put(step: 'location' | 'number' | 'licences', body: object): Promise<SetUp | null>
  mine(): Promise<SetUp | null>
  theirs(): Promise<void>
}

/** The doing of one step: one thing at a time, and what was refused. */
export function useSaving(setUp: SetUp): Saving {
  const { id } = useTenant()
  const say = useSay()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const [waiting, setWaiting] = useState<{ readonly step: SetUpStep; readonly body: object } | null>(null)

  async function run<Answer>(work: () => Promise<Answer>): Promise<Answer | null> {
    setBusy(true)
    setProblem(null)
    try {
      return await work()
    } catch (error) {
      if (isProblem(error)) setProblem(error)
      else say.failed(error)
      return null
    } finally {
      setBusy(false)
    }
  }

  const send = (step: SetUpStep, body: object): Promise<SetUp | null> =>
    run(async () => {
      try {
        return keep(id, await api.put<SetUp>(`/v1/tenants/${id}/getting-started/${step}`, body))
      } catch (error) {
        if (!isProblem(error, 'set-up-changed')) throw error
        const { version: _, ...mine } = body as { readonly version?: number }
        setWaiting({ step, body: mine })
        return null
      }
    })

  return {
    isBusy,
    problem,
    isConflict: waiting !== null,
    run,
    put: (step, body) => send(step, { ...body, version: versionOf(setUp, step) }),
    async mine() {
      if (!waiting) return null
      setWaiting(null)
      return send(waiting.step, waiting.body)
    },
    async theirs() {
      setWaiting(null)
      await setUpChanged(id)
    },
  }
}
