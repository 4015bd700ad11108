import type { Say as SayWords } from '../../words/use.tsx'
import type { poolWords } from './words.ts'

/** The texts of these pages. */
export type Say = SayWords<(typeof poolWords)['entries']>
