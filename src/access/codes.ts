/** Second factors that are typed: codes of an authenticator app (RFC 6238) and recovery codes. */
import { randomBytes } from 'node:crypto'
import { authenticator } from 'otplib'
import type { Instant } from '../core/time.ts'
import { hashToken } from './secret.ts'

const STEP_SECONDS = 30
const ISSUER = 'Ringfence'

/** 160 random bits, base 32. */
export const newTotpSecret = (): string => authenticator.generateSecret(32)

/** What the app reads from a QR code. */
export const totpUri = (secret: string, email: string): string => authenticator.keyuri(email, ISSUER, secret)

/** The step whose code this is, if it is one of now, or of 30 seconds before or after; null: a wrong code. */
export function totpStep(code: string, secret: string, now: Instant): bigint | null {
  const delta = authenticator.clone({ epoch: now, window: 1 }).checkDelta(code, secret)
  return delta === null ? null : BigInt(Math.floor(now / 1000 / STEP_SECONDS) + delta)
}

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'
const CODES = 10
const CODE_LETTERS = 24

/** Ten codes of 120 random bits, in groups of six letters that are not mistaken for each other. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: CODES }, () =>
    Array.from(randomBytes(CODE_LETTERS), (byte) => LETTERS[byte & 31])
      .join('')
      .replaceAll(/.{6}(?!$)/g, '$&-'),
  )

/** However it is typed: capitals, spaces, no dashes. */
export const hashRecoveryCode = (code: string): string => hashToken(code.toLowerCase().replaceAll(/[^a-z\d]/g, ''))
