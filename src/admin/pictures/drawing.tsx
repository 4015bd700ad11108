import type { ReactNode, SVGProps } from 'react'

interface DrawingProps extends SVGProps<SVGSVGElement> {
  /** What it says; without a label it is decoration beside figures that say it. */
  readonly label?: string | undefined
}

/** An SVG that is an image with words, or no image at all to those who do not see it. */
export function Drawing({ label, children, ...rest }: DrawingProps): ReactNode {
  return label === undefined ? (
    <svg {...rest} aria-hidden="true">
      {children}
    </svg>
  ) : (
    <svg {...rest} role="img" aria-label={label}>
      {children}
    </svg>
  )
}
