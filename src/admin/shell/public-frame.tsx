/** The frame of pages for people who are not signed in: the mark, the language, the theme, one card. */
import { type ReactNode, useEffect } from 'react'
import { useMaybeSession } from '../data/session.ts'
import { Go } from '../kit/go.tsx'
import { useWords } from '../words/use.tsx'
import { Mark } from './mark.tsx'
import { LanguageButton, ThemeMenu } from './public-tools.tsx'
import './public.css'
import { shellWords } from './words.ts'

/** A page of its own, as wide as those behind the sign-in: the header only. Its children have the h1. */
export function PublicPage({ children }: { readonly children: ReactNode }) {
  return (
    <div className="public public-wide">
      <PublicHeader />
      <main id="main">{children}</main>
    </div>
  )
}

function PublicHeader() {
  const t = useWords(shellWords)
  const me = useMaybeSession()
  return (
    <header>
      <Go to="/" className="public-brand" aria-label="Ringfence" translate="no">
        <Mark size={30} />
        <b translate="no">Ringfence</b>
      </Go>
      <span className="public-tools">
        {me !== null && <Go to="/">{t('home')}</Go>}
        <LanguageButton keep={me !== null} />
        <ThemeMenu />
      </span>
    </header>
  )
}

export interface PublicFrameProps {
  readonly title: string
  readonly lead?: ReactNode
  readonly children: ReactNode
  /** Beside the card, under it on phones. */
  readonly beside?: ReactNode
}

export function PublicFrame({ title, lead, children, beside }: PublicFrameProps) {
  useEffect(() => {
    document.title = `${title} · Ringfence`
  }, [title])
  return (
    <div className="public">
      <PublicHeader />
      <main id="main">
        <section className="public-card">
          <h1>{title}</h1>
          {lead !== undefined && <p className="public-lead">{lead}</p>}
          {children}
        </section>
        {beside}
      </main>
      <Fence />
    </div>
  )
}

/** The fence of the mark, as wide as the page. */
function Fence() {
  const heights = [22, 38, 30, 52, 34, 60, 44, 28, 48, 36, 56, 30, 42, 24, 50, 34, 40, 58, 32, 46]
  return (
    <svg className="public-fence" viewBox="0 0 800 80" preserveAspectRatio="none" aria-hidden="true">
      <path d={heights.map((height, index) => `M${20 + index * 40} ${40 - height / 2}v${height}`).join('')} />
      <path className="public-rail" d="M0 44h800" />
    </svg>
  )
}
