/** Signing in, invitations and one's own account: what the console's forms and the API both check. */
import { z } from 'zod'
import { PASSWORD_MAX, PASSWORD_MIN } from '../../core/limits.ts'
import { LANGUAGES } from '../../core/problems.ts'
import { hint } from '../invalid.ts'
import { nameText, notWellFormed, wellFormed } from './text.ts'

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

/** A password that somebody has already. */
export const knownPassword = z.string().min(1).max(PASSWORD_MAX)

/** A secret of ours that somebody brings back. */
export const secretText = z.string().min(1).max(128)

export const language = z.enum(LANGUAGES)

export const acceptInvitation = z
  .strictObject({
    token: secretText,
    account: z.strictObject({ name: nameText, password: newPassword, language }).optional().meta({
      description: 'Where there is no account yet',
    }),
  })
  .meta({
    example: {
      token: 'kq0v2cJ7…',
      account: { name: 'Maya Tremblay', password: 'seven green bicycles', language: 'fr' },
    },
  })

export const resetRequest = z.strictObject({ email }).meta({ example: { email: 'maya@contoso.example' } })

export const completeReset = z
  .strictObject({ token: secretText, password: newPassword })
  .meta({ example: { token: 'kq0v2cJ7…', password: 'seven green bicycles' } })

export const profileChanges = z
  .strictObject({ name: nameText.optional(), language: language.optional() })
  .meta({ example: { language: 'fr' } })

export const changePassword = z
  .strictObject({ current: knownPassword, password: newPassword })
  .meta({ example: { current: 'seven green bicycles', password: 'nine slow yellow trams' } })
