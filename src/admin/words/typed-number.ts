/** Numbers as people type them, in either language. */
import type { Language } from '../../core/problems.ts'

const DECIMAL = /^-?\d+(\.\d+)?$/
/** `1,234,567.50`, and the same with points between the thousands. */
const WITH_COMMAS = /^-?[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/
const WITH_POINTS = /^-?[1-9]\d{0,2}(\.\d{3})+,\d*$|^-?[1-9]\d{0,2}(\.\d{3}){2,}$/

/**
 * A number as the API reads it: `1 234,50`, `1.234,50` and `1,234.50` are `1234.50`. One comma before three digits is the reader's:
 * thousands in English (`1,000` is a thousand, never one), decimals in French. What is no number stays what it was, to be refused.
 */
export function typedAmount(text: string, language: Language): string {
  const tight = text.replaceAll(/[\s\u00a0\u202f]/g, '')
  const isThousands =
    WITH_COMMAS.test(tight) && (language === 'en' || tight.split(',').length > 2 || tight.includes('.'))
  if (isThousands) return tight.replaceAll(',', '')
  if (WITH_POINTS.test(tight)) return tight.replaceAll('.', '').replace(',', '.')
  return tight.replace(',', '.')
}

/** The same as a number; NaN for what is none. */
export function typedNumber(text: string, language: Language): number {
  const decimal = typedAmount(text, language)
  return DECIMAL.test(decimal) ? Number(decimal) : Number.NaN
}
