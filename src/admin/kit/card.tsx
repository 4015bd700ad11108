/** A block of a page, with a title of its own. */
import { type ReactNode, useId } from 'react'
import './kit.css'

export interface CardProps {
  readonly title?: ReactNode
  /** On the right of the title: a link, a button. */
  readonly aside?: ReactNode
  readonly className?: string
  /** `flush`: what is inside reaches the edges, as tables do. */
  readonly flush?: boolean
  readonly children?: ReactNode
}

export function Card({ title, aside, className = '', flush = false, children }: CardProps) {
  const id = useId()
  return (
    <section className={`k-card ${className}`} aria-labelledby={title === undefined ? undefined : id}>
      {(title !== undefined || aside !== undefined) && (
        <header>
          {title !== undefined && <h2 id={id}>{title}</h2>}
          {aside}
        </header>
      )}
      <div className={flush ? 'k-flush' : 'k-body'}>{children}</div>
    </section>
  )
}
