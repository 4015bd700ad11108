/** Every picture has a table that says the same: for people who do not see it, for those who want figures, and on paper. */
import type { ReactNode } from 'react'

/** A table in the reader's words and number formats. */
export interface Twin {
  readonly caption: string
  readonly columns: readonly { readonly label: string; readonly isNumber?: boolean }[]
  readonly rows: readonly (readonly string[])[]
}

interface PicturedProps {
  /** What the screen shows; paper gets both. */
  readonly view: 'picture' | 'table'
  readonly table: Twin
  readonly children: ReactNode
}

/** A picture or its table, as the reader chose ("Show as table"); on paper the one below the other. */
export function Pictured({ view, table, children }: PicturedProps): ReactNode {
  return (
    <div className={`pic-twins pic-shows-${view}`}>
      <div className="pic-of-twins">{children}</div>
      <div className="pic-table">
        <TwinTable table={table} />
      </div>
    </div>
  )
}

/** The table by itself. */
export function TwinTable({ table: { caption, columns, rows } }: { readonly table: Twin }): ReactNode {
  const side = (column: number): string | undefined => (columns[column]?.isNumber ? 'pic-number' : undefined)
  return (
    // Sideways scrolling stays inside, and the keyboard reaches it.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable
    <section className="pic-scroll" tabIndex={0} aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ label }, column) => (
              <th key={label} scope="col" className={side(column)}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // Two rows may say the same; their order is all that tells them apart.
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are never moved
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={columns[column]?.label ?? column} className={side(column)}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
