/** Whether somebody can call outside right now, in a few words: the engine's answer, and who would pay. */
import { useRefusalTitle } from '../../kit/refusal-title.ts'
import { FundSwatch } from '../../pictures/index.ts'
import { useWords } from '../../words/use.tsx'
import type { Reach } from './data.ts'
import { reachWords } from './reach-words.ts'

type Key = keyof typeof reachWords.entries

/** Refusals that have words of their own here; of others the server's sentence is the title. */
const KNOWN: ReadonlySet<string> = new Set(Object.keys(reachWords.entries).filter((key) => key.startsWith('no.')))

export function ReachPill({ reach }: { readonly reach: Reach }) {
  const t = useWords(reachWords)
  const why = useRefusalTitle()
  if (reach.canCall) {
    const fund = reach.payer === 'pool' ? 'pool' : reach.payer === 'credits' ? 'credits' : 'free'
    return (
      <span className="u-reach" data-reach={reach.payer}>
        <FundSwatch fund={fund} size={12} /> {t(`yes.${reach.payer}`)}
      </span>
    )
  }
  const { code } = reach.refusal
  const key: Key = KNOWN.has(`no.${code}`) ? (`no.${code}` as Key) : 'no.other'
  return (
    <span className="u-reach u-reach-no" data-reach={code} title={key === 'no.other' ? why(reach.refusal) : undefined}>
      <FundSwatch fund={code === 'licence-required' ? 'free' : 'cut'} size={12} /> {t(key)}
    </span>
  )
}
