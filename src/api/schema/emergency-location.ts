/** What the console's forms about emergency locations and the API both check. */
import { z } from 'zod'
import { hint } from '../invalid.ts'
import { country } from './place.ts'
import { nameText, notWellFormed, wellFormed } from './text.ts'
import { email } from './user.ts'

const part = z
  .string()
  .max(120)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u001f\u007f]*$/, { error: hint('no control characters', 'pas de caractère de commande') })
  .refine(wellFormed, { error: notWellFormed })

export const addressBody = z.strictObject({
  country,
  houseNumber: part.default(''),
  street: part.default(''),
  locality: part.default(''),
  city: part.default(''),
  region: part.default(''),
  postalCode: part.max(20).default(''),
})

const EXAMPLE = {
  country: 'CA',
  houseNumber: '200',
  street: 'King Street West',
  city: 'Toronto',
  region: 'ON',
  postalCode: 'M5H 3T4',
}

export const addressCheckBody = z.strictObject({ address: addressBody }).meta({ example: { address: EXAMPLE } })

export const locationBody = z
  .strictObject({
    name: nameText.meta({ description: 'What people call the address' }),
    address: addressBody,
    place: part.optional().meta({ description: 'Floor, room. The address itself is a location too' }),
  })
  .meta({ example: { name: 'Head office', address: EXAMPLE, place: 'Floor 3' } })

export const placeBody = z.strictObject({ place: nameText.max(120) }).meta({ example: { place: 'Floor 3' } })

export const deskBody = z
  .strictObject({ emails: z.array(email).max(10) })
  .meta({ example: { emails: ['security@contoso.example'] } })
