/** Text as a search reads it: no accents, no capitals. */
export const folded = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()

/**
 * How well a text answers a search, 0 (not at all) to 1: words that begin with it first, then letters in the same order.
 */
export function likeness(text: string, search: string): number {
  const [there, wanted] = [folded(text), folded(search.trim())]
  if (wanted === '') return 1
  if (there.startsWith(wanted)) return 1
  if (there.split(/[^\p{L}\p{N}]+/u).some((word) => word.startsWith(wanted))) return 0.9
  if (there.includes(wanted)) return 0.7
  let at = -1
  for (const letter of wanted) {
    at = there.indexOf(letter, at + 1)
    if (at < 0) return 0
  }
  return 0.3
}
