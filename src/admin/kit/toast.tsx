/** Short messages in the corner: what was done, with Undo where it can be undone. */
import { Button } from '@fluentui/react-components'
import { CheckmarkCircleFilled, DismissRegular, ErrorCircleFilled } from '@fluentui/react-icons'
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { isProblem } from '../data/client.ts'
import { useWords } from '../words/use.tsx'
import { kitWords } from './words.ts'
import './kit.css'

interface Message {
  readonly id: number
  readonly intent: 'done' | 'failed'
  readonly text: string
  readonly detail: string | null
  readonly undo: (() => Promise<unknown>) | null
}

const SHOWN_MS = 5_000
/** For what can be undone, and for what went wrong. */
const LONG_MS = 10_000
const SHOWN_MAX = 3

let messages: readonly Message[] = []
let lastId = 0
const watchers = new Set<() => void>()

function change(next: readonly Message[]): void {
  messages = next
  for (const watcher of watchers) watcher()
}

function show(message: Omit<Message, 'id'>): void {
  lastId += 1
  change([...messages, { ...message, id: lastId }].slice(-SHOWN_MAX))
}

const dismiss = (id: number): void => change(messages.filter((message) => message.id !== id))

const subscribe = (watcher: () => void): (() => void) => {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

export interface Says {
  /** `done('Licence assigned', () => api.delete(…))`: with a second argument Undo is offered for ten seconds. */
  readonly done: (text: string, undo?: () => Promise<unknown>) => void
  /** What went wrong, in the server's words. */
  readonly failed: (error: unknown) => void
}

export function useSay(): Says {
  const t = useWords(kitWords)
  const done = useCallback((text: string, undo?: () => Promise<unknown>) => {
    show({ intent: 'done', text, detail: null, undo: undo ?? null })
  }, [])
  const failed = useCallback(
    (error: unknown) => {
      // No answer, or one that is none of ours (a proxy's): there is no title.
      const problem = isProblem(error) ? error : null
      show({ intent: 'failed', text: problem?.title || t('notReached'), detail: problem?.detail ?? null, undo: null })
    },
    [t],
  )
  return { done, failed }
}

/** Where they appear: once in the whole console. */
export function ToastPlace() {
  const shown = useSyncExternalStore(subscribe, () => messages)
  return (
    <div className="k-toasts no-print" aria-live="polite">
      {shown.map((message) => (
        <Toast key={message.id} message={message} />
      ))}
    </div>
  )
}

function Toast({ message }: { readonly message: Message }) {
  const t = useWords(kitWords)
  const { failed } = useSay()
  const [isHeld, setHeld] = useState(false)
  const { id, intent, text, detail, undo } = message
  const shownMs = undo !== null || intent === 'failed' ? LONG_MS : SHOWN_MS
  useEffect(() => {
    // While somebody points at it or is in it, it stays.
    if (isHeld) return
    const timer = setTimeout(() => dismiss(id), shownMs)
    return () => clearTimeout(timer)
  }, [isHeld, id, shownMs])
  const Icon = intent === 'done' ? CheckmarkCircleFilled : ErrorCircleFilled
  const takeBack = (): void => {
    dismiss(id)
    undo?.().catch(failed)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it holds it; there is nothing to press
    <div
      className={`k-toast k-toast-${intent}`}
      role={intent === 'failed' ? 'alert' : undefined}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon fontSize={20} aria-hidden="true" />
      <div>
        <b>{text}</b>
        {detail !== null && <p>{detail}</p>}
      </div>
      {undo !== null && (
        <Button size="small" onClick={takeBack}>
          {t('undo')}
        </Button>
      )}
      <Button
        size="small"
        appearance="transparent"
        icon={<DismissRegular />}
        aria-label={t('dismiss')}
        onClick={() => dismiss(id)}
      />
    </div>
  )
}
