/** Nothing here yet: a small drawing, what it is, and the one thing to do. */
import type { ReactNode } from 'react'
import './kit.css'

export interface EmptyStateProps {
  readonly drawing?: DrawingName
  readonly title?: string
  readonly sentence: ReactNode
  /** One button or link. */
  readonly children?: ReactNode
}

export function EmptyState({ drawing = 'ring', title, sentence, children }: EmptyStateProps) {
  return (
    <div className="k-empty">
      <Drawing name={drawing} />
      {title !== undefined && <h3>{title}</h3>}
      <p>{sentence}</p>
      {children}
    </div>
  )
}

export type DrawingName = 'handset' | 'lots' | 'gate' | 'signpost' | 'ring'

/** 160 × 96, two pixels, one shape in the brand's colour, one fence post. */
const DRAWINGS: Readonly<Record<DrawingName, ReactNode>> = {
  handset: (
    <>
      <path d="M8 78h144M30 78V44M56 78V44M82 78V44M108 78V44M134 78V44M20 58h126" />
      <path className="k-brand" d="M52 40c0-10 14-18 30-18s30 8 30 18v5H98v-9c-5-3-27-3-32 0v9H52z" />
      <path className="k-post" d="M146 78V30" />
    </>
  ),
  lots: (
    <>
      <rect x="18" y="40" width="30" height="26" rx="4" />
      <rect x="54" y="40" width="38" height="26" rx="4" />
      <rect className="k-brand" x="98" y="40" width="34" height="26" rx="4" strokeDasharray="4 4" />
      <path d="M12 76h136" />
      <path className="k-post" d="M144 76V26" />
    </>
  ),
  gate: (
    <>
      <path d="M8 80h144M20 80V36M36 80V36M12 50h32M124 80V36M140 80V36M116 50h32" />
      <path className="k-brand" d="M44 80V40l34-12v44z" />
      <path className="k-post" d="M116 80V28" />
    </>
  ),
  signpost: (
    <>
      <path d="M20 84h120" />
      <path className="k-brand" d="M80 22h38l10 9-10 9H80z" />
      <path d="M76 46H40l-10 8 10 8h36z" />
      <path className="k-post" d="M78 84V14" />
    </>
  ),
  ring: (
    <>
      <circle cx="80" cy="48" r="38" />
      <path d="M62 42v12M74 34v28M86 38v20" />
      <path className="k-brand" d="M98 44v8" />
      <path d="M52 52h56" opacity=".5" />
      <path className="k-post" d="M136 84V40" />
    </>
  ),
}

export function Drawing({ name }: { readonly name: DrawingName }) {
  return (
    <svg className="k-drawing" width="160" height="96" viewBox="0 0 160 96" aria-hidden="true">
      {DRAWINGS[name]}
    </svg>
  )
}
