/** Green: figures change as things happen. Amber: trying again. Grey: how old they are. */
import { useLiveState } from '../data/live.ts'
import { useFormats, useWords } from '../words/use.tsx'
import { shellWords } from './words.ts'

export function LiveDot() {
  const t = useWords(shellWords)
  const formats = useFormats()
  const { state, heardAt } = useLiveState()
  if (state === 'off') return null
  const text =
    state === 'live'
      ? t('live')
      : state === 'reconnecting'
        ? t('reconnecting')
        : t('asOf', { time: formats.time(heardAt) })
  return (
    <span className={`s-live s-live-${state}`} role="status">
      <i aria-hidden="true" />
      {text}
    </span>
  )
}
