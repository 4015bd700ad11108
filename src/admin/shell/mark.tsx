/** The mark: a ring around four pickets of a fence, joined by one rail. The rail is left out where it would be a smear. */
export function Mark({ size }: { readonly size: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <circle cx="16" cy="16" r="14" strokeWidth="2.4" />
      <path d="M9 13.6v5.8M13.65 9.4v13.2M18.35 11.8v9.4M23 14v5" strokeWidth="2.5" />
      {size >= 20 && <path d="M6 17.6h20" strokeWidth="1.5" opacity=".75" />}
    </svg>
  )
}
