/** Calls that ended since the list was read are offered, and do not push away what somebody is reading. */
import { Button } from '@fluentui/react-components'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { api, type Query } from '../../data/client.ts'
import { useLive } from '../../data/live.ts'
import { useTenant } from '../../data/session.ts'
import type { PageOf } from '../../kit/use-pages.ts'
import { useWords } from '../../words/use.tsx'
import { callsWords } from './words.ts'

interface WithId {
  readonly id: string
}

export interface NewCallsProps {
  readonly query: Query
  /** The rows on the page; undefined: they are being read. */
  readonly shown: readonly WithId[] | undefined
  /** Older rows than those come when they are asked for. */
  readonly hasMore: boolean
  readonly onShow: () => void
}

/** As many at once as the API gives. */
const PAGE = 200
/** With filters the list itself is asked which calls fit, at most this often. */
const ASK_EVERY_MS = 2_000

/** One for each question: with another `key` it begins anew. */
export function NewCalls({ query, shown, hasMore, onShow }: NewCallsProps) {
  const t = useWords(callsWords)
  const { id } = useTenant()
  const queries = useQueryClient()
  const [known, setKnown] = useState<ReadonlySet<string>>(new Set())
  const [look, setLook] = useState(0)
  const due = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  const isFiltered = Object.values(query).some((value) => value !== '' && value !== null)
  const add = (ids: readonly string[]): void => setKnown((before) => new Set([...before, ...ids]))
  const lookAgain = (): void => setLook((before) => before + 1)

  useLive('calls', ({ data }) => {
    const { fact, record } = data as { readonly fact?: string; readonly record?: WithId }
    // What ended between the list and the opening of the stream, or in a gap of it, the stream does not tell.
    if (fact === 'snapshot') lookAgain()
    else if (record && (fact === 'ended' || fact === 'refused')) {
      if (!isFiltered) add([record.id])
      else {
        due.current ??= setTimeout(() => {
          due.current = undefined
          lookAgain()
        }, ASK_EVERY_MS)
      }
    }
  })
  useEffect(() => () => clearTimeout(due.current), [])

  const isRead = shown !== undefined
  // biome-ignore lint/correctness/useExhaustiveDependencies: compared once for each look, with the rows as they stand then
  useEffect(() => {
    if (look === 0 || shown === undefined) return
    const abort = new AbortController()
    const read = (cursor: string | null): Promise<PageOf<WithId>> =>
      api.get(`/v1/tenants/${id}/calls`, { query: { ...query, limit: PAGE, cursor }, signal: abort.signal })
    // The list itself says when the server is away.
    missingOf(read, shown, hasMore).then(add, () => undefined)
    return () => abort.abort()
  }, [look, isRead])

  const onPage = new Set(shown?.map((call) => call.id))
  const count = isRead ? [...known].filter((callId) => !onPage.has(callId)).length : 0
  if (count === 0) return null
  const show = (): void => {
    setKnown(new Set())
    onShow()
    void queries.resetQueries({ queryKey: ['calls', id] })
  }
  return (
    <div className="calls-new" role="status">
      <Button size="small" onClick={show}>
        {t('newCalls', { count })}
      </Button>
    </div>
  )
}

/**
 * Calls that the list has now and the page has not: above its last row, or anywhere where the page had all. Calls stand by when they
 * began, so a long one that has just ended may stand far below the first row.
 */
async function missingOf(
  read: (cursor: string | null) => Promise<PageOf<WithId>>,
  shown: readonly WithId[],
  hasMore: boolean,
): Promise<string[]> {
  const onPage = new Set(shown.map(({ id }) => id))
  const missing: string[] = []
  let cursor: string | null = null
  do {
    const { data, nextCursor } = await read(cursor)
    for (const { id } of data) {
      if (hasMore && onPage.size === 0) return missing
      if (!onPage.delete(id)) missing.push(id)
    }
    cursor = nextCursor
  } while (cursor !== null && !(hasMore && onPage.size === 0))
  return missing
}
