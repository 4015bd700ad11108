/** A person as two letters on a colour of their own. */
import './kit.css'

const COLOURS = 8

export interface FaceProps {
  readonly name: string
  readonly size?: number
}

/** Beside the name, so it says nothing to screen readers. The same name has the same colour everywhere. */
export function Face({ name, size = 32 }: FaceProps) {
  const letters = name.split(/[\s.@-]+/).filter((part) => /^\p{L}/u.test(part))
  const shown = `${letters[0]?.charAt(0) ?? '#'}${letters.length > 1 ? (letters.at(-1)?.charAt(0) ?? '') : ''}`
  let sum = 0
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973
  return (
    <span
      className={`k-face k-face-${sum % COLOURS}`}
      style={{ width: size, height: size, fontSize: Math.round(size * 0.38) }}
      aria-hidden="true"
      translate="no"
    >
      {shown.toUpperCase()}
    </span>
  )
}
