/** The twelve keys. */
import { Button } from '@fluentui/react-components'
import { useWords } from '../words/use.tsx'
import { phoneWords } from './words.ts'

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const
const LETTERS: Readonly<Record<string, string>> = {
  2: 'ABC',
  3: 'DEF',
  4: 'GHI',
  5: 'JKL',
  6: 'MNO',
  7: 'PQRS',
  8: 'TUV',
  9: 'WXYZ',
  0: '+',
}

interface PadProps {
  readonly onKey: (key: string) => void
  /** A long press on 0. */
  readonly onPlus?: () => void
}

export function Pad({ onKey, onPlus }: PadProps) {
  const t = useWords(phoneWords)
  return (
    <fieldset className="ph-pad" aria-label={t('pad')}>
      {KEYS.map((key) => (
        <Button
          key={key}
          aria-label={key}
          className="ph-key"
          onClick={() => onKey(key)}
          onContextMenu={(event) => {
            if (key !== '0' || onPlus === undefined) return
            event.preventDefault()
            onPlus()
          }}
        >
          <span className="num" translate="no">
            {key}
          </span>
          <small translate="no" aria-hidden="true">
            {LETTERS[key] ?? ''}
          </small>
        </Button>
      ))}
    </fieldset>
  )
}
