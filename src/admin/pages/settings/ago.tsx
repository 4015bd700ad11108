/** How long ago by the real clock: people sign in and programs call in real time, wherever the clock of a sandbox stands. */
import { useFormats } from '../../words/use.tsx'

export function Ago({ at }: { readonly at: string }) {
  const formats = useFormats()
  return (
    <time className="num" dateTime={at} title={formats.momentExact(at)}>
      {formats.relative(at, Date.now())}
    </time>
  )
}
