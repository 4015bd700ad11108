/** What every page begins with: its title, one sentence, and at most three buttons, one of them filled. */
import { type ReactNode, useEffect } from 'react'
import { Go } from './go.tsx'
import './kit.css'

export interface PageHeadProps {
  readonly title: string
  /** The title is a name that people gave, and no text of ours. */
  readonly isData?: boolean
  /** One sentence: what this page answers. */
  readonly sentence?: ReactNode
  /** The page above, as a link over the title. */
  readonly above?: { readonly title: string; readonly to: string }
  /** Beside the title: a pill, a badge. */
  readonly beside?: ReactNode
  /** Buttons, on the right; below on phones. */
  readonly children?: ReactNode
}

export function PageHead({ title, isData = false, sentence, above, beside, children }: PageHeadProps) {
  useEffect(() => {
    document.title = `${title} · Ringfence`
  }, [title])
  return (
    <div className="k-head">
      <div>
        {above && (
          <p className="k-above">
            <Go to={above.to}>{above.title}</Go>
          </p>
        )}
        <h1 translate={isData ? 'no' : undefined}>
          {title}
          {beside}
        </h1>
        {sentence !== undefined && <p className="k-sentence">{sentence}</p>}
      </div>
      {children !== undefined && <div className="k-buttons">{children}</div>}
    </div>
  )
}
