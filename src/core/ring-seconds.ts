/** How long the own telephone may ring before a call goes on to somebody else (A21). Apart, for pages that know no numbering plan. */
export const RING_SECONDS = { min: 5, max: 60, usual: 20 } as const
