/** Random secrets for links, cookies and challenges, and what the store keeps of them. */
import { createHash, randomBytes } from 'node:crypto'

/** 256 random bits, as text for a cookie or a link. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** SHA-256, hexadecimal. Enough for secrets of 120 random bits and more, which nobody can try out; never for passwords. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')
