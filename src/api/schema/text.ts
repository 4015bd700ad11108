/** Text for people, as the API takes it. */
import { z } from 'zod'
import { hint } from '../invalid.ts'

/** A lone half of a surrogate pair is no text: UTF-8 cannot say it, and the store would keep something else. */
export const wellFormed = (text: string): boolean => text.isWellFormed()
export const notWellFormed = hint('no half of a surrogate pair', 'pas de moitié de paire de substitution (surrogate)')

/** Spaces without width and marks alone are nobody’s name: the list would have an empty row. */
const isSeen = (text: string): boolean => /[\p{L}\p{N}\p{P}\p{S}]/u.test(text)
const unseen = hint('a name is not empty', 'un nom n’est pas vide')

/** Text for people: no control characters, something to see, and no spaces around it. */
export const nameText = z
  .string()
  .min(1)
  .max(200)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u001f\u007f]*$/, { error: hint('no control characters', 'pas de caractère de commande') })
  .regex(/\S/, { error: unseen })
  .refine(wellFormed, { error: notWellFormed })
  .refine(isSeen, { error: unseen })
  .trim()
  .meta({ description: 'Not only spaces', examples: ['Contoso Ltd'] })
