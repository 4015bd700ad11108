/** Gives licences that nobody holds to people of a pool's country: its minutes are more at once (P7). */
import {
  Button,
  Checkbox,
  Dialog,
  DialogActions,
  DialogBody,
  DialogContent,
  DialogSurface,
  DialogTitle,
  Input,
  Spinner,
} from '@fluentui/react-components'
import { SearchRegular } from '@fluentui/react-icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Sku } from '../../../core/catalogue.ts'
import { ApiProblem, api } from '../../data/client.ts'
import { useTenant } from '../../data/session.ts'
import { Face } from '../../kit/face.tsx'
import { Go } from '../../kit/go.tsx'
import { Refusal } from '../../kit/notes.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useSay } from '../../kit/toast.tsx'
import type { PageOf } from '../../kit/use-pages.ts'
import { useFormats, useWords } from '../../words/use.tsx'
import type { Key } from './data.ts'
import { poolWords } from './words.ts'

interface Candidate {
  readonly id: string
  readonly name: string
  readonly licences: readonly string[]
}

export interface AssignDialogProps {
  readonly pool: Key
  readonly sku: string
  /** How many are meant to be given. */
  readonly licences: number
  readonly freeLicences: number
  readonly allowanceSeconds: number
  readonly onClose: () => void
}

const SHOWN = 50
/** P2: who is in Puerto Rico fills the pool of the United States. */
const locationsOf = (country: string): readonly string[] => (country === 'US' ? ['US', 'PR'] : [country])

function useCandidates({ country }: Key, sku: string, q: string) {
  const { id } = useTenant()
  const isAddOn = sku === 'international-calling-plan'
  return useQuery({
    queryKey: ['users', id, 'candidates', country, sku, q],
    queryFn: async ({ signal }) => {
      const licence = isAddOn ? 'voice-with-calling-plan' : 'none'
      const pages = await Promise.all(
        locationsOf(country).map((location) =>
          api.get<PageOf<Candidate>>(`/v1/tenants/${id}/users`, {
            query: { location, licence, q, sort: 'name', limit: SHOWN },
            signal,
          }),
        ),
      )
      return pages.flatMap(({ data }) => data).filter(({ licences }) => !licences.includes(sku))
    },
    placeholderData: (before) => before,
  })
}

export function AssignDialog(props: AssignDialogProps) {
  const { pool, sku, licences, freeLicences, allowanceSeconds, onClose } = props
  const t = useWords(poolWords)
  const formats = useFormats()
  const { id } = useTenant()
  const { done } = useSay()
  const queries = useQueryClient()
  const [q, setQ] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null)
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState<ApiProblem | null>(null)
  const candidates = useCandidates(pool, sku, q)
  // At first the first ones of the list, as many as were asked for.
  const picked = chosen ?? new Set(candidates.data?.slice(0, Math.min(licences, freeLicences)).map((one) => one.id))
  const choose = (userId: string, isOn: boolean): void => {
    const next = new Set(picked)
    if (isOn) next.add(userId)
    else next.delete(userId)
    setChosen(next)
  }
  const path = (userId: string): string => `/v1/tenants/${id}/users/${userId}/licences/${sku as Sku}`
  const refresh = () =>
    Promise.all(
      ['pools', 'pool', 'forecast', 'home', 'users', 'offers'].map((name) =>
        queries.invalidateQueries({ queryKey: [name, id] }),
      ),
    )

  async function assign(): Promise<void> {
    setBusy(true)
    setProblem(null)
    const given: string[] = []
    try {
      for (const userId of picked) {
        await api.put(path(userId))
        given.push(userId)
      }
      const count = given.length
      const minutes = formats.minutes(count * allowanceSeconds)
      done(t('assigned', { count, minutes }), async () => {
        for (const userId of given) await api.delete(path(userId))
        await refresh()
      })
      onClose()
    } catch (error) {
      setProblem(error instanceof ApiProblem ? error : new ApiProblem(0, {}))
    } finally {
      setBusy(false)
      await refresh()
    }
  }

  return (
    <Dialog open onOpenChange={(_, { open }) => !open && onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{t('assignTitle')}</DialogTitle>
          <DialogContent className="p-assign">
            <p>
              {t('assignSentence', { minutes: formats.minutes(allowanceSeconds), free: formats.number(freeLicences) })}
            </p>
            {problem && <Refusal title={problem.title} detail={problem.detail} />}
            <Input
              contentBefore={<SearchRegular />}
              placeholder={t('find')}
              aria-label={t('find')}
              value={q}
              onChange={(_, { value }) => setQ(value)}
            />
            {candidates.data === undefined ? (
              <Skeleton lines={4} />
            ) : candidates.data.length === 0 && q === '' ? (
              <p>
                {t('noCandidates')} <Go to="users">{t('addPeople')}</Go>
              </p>
            ) : (
              <ul className="p-candidates" aria-label={t('candidates')}>
                {candidates.data.map(({ id: userId, name }) => (
                  <li key={userId}>
                    <Checkbox
                      checked={picked.has(userId)}
                      disabled={!picked.has(userId) && picked.size >= freeLicences}
                      onChange={(_, { checked }) => choose(userId, checked === true)}
                      label={
                        <span className="p-person">
                          <Face name={name} size={24} />
                          <span translate="no">{name}</span>
                        </span>
                      }
                    />
                  </li>
                ))}
              </ul>
            )}
          </DialogContent>
          <DialogActions>
            <Button onClick={onClose}>{t('cancel')}</Button>
            <Button
              appearance="primary"
              disabled={picked.size === 0 || isBusy}
              icon={isBusy ? <Spinner size="tiny" /> : null}
              onClick={() => void assign()}
            >
              {t('assign', { count: picked.size })}
            </Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  )
}
