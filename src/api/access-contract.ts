/** What the routes of signing in share beside their schemas. */
import { z } from 'zod'
import { refusePassword } from '../access/password.ts'
import { LANGUAGES } from '../core/problems.ts'
import { Problem } from './problem.ts'

/** 422 for a password that is easy to guess. */
export function assertGoodPassword(password: string, about: readonly string[], param = 'password'): void {
  const refusal = refusePassword(password, about)
  if (refusal) throw new Problem(refusal, { param })
}

export const languageOut = z.enum(LANGUAGES)

/** What WebAuthn defines and the library checks. */
export const looseJson = z.record(z.string(), z.unknown())
