/** Schemas of signing in and of roles. */
import { z } from 'zod'
import { PASSWORD_MAX, PASSWORD_MIN, refusePassword } from '../access/password.ts'
import { LANGUAGES } from '../core/problems.ts'
import { notWellFormed, wellFormed } from './contract.ts'
import { hint } from './invalid.ts'
import { Problem } from './problem.ts'

/** Kept in lower case: nobody has two mailboxes that differ in capitals. */
export const email = z
  .email({ error: hint('an e-mail address', 'une adresse e-mail') })
  .max(254)
  .transform((text) => text.toLowerCase())
  .meta({ examples: ['maya@contoso.example'] })

export const newPassword = z
  .string()
  .min(PASSWORD_MIN)
  .max(PASSWORD_MAX)
  .refine(wellFormed, { error: notWellFormed })
  .meta({ description: 'Any characters; not a common one, and not your name', examples: ['seven green bicycles'] })

/** 422 for a password that is easy to guess. */
export function assertGoodPassword(password: string, about: readonly string[], param = 'password'): void {
  const refusal = refusePassword(password, about)
  if (refusal) throw new Problem(refusal, { param })
}

/** A secret of ours that somebody brings back. */
export const secretText = z.string().min(1).max(128)

export const language = z.enum(LANGUAGES)
export const languageOut = z.enum(LANGUAGES)

/** What WebAuthn defines and the library checks. */
export const looseJson = z.record(z.string(), z.unknown())
