/** What the console's forms about users and the API both check. */
import { z } from 'zod'
import { CALLING_POLICY_NAMES } from '../../core/calling-policy.ts'
import { SKUS } from '../../core/catalogue.ts'
import type { Country } from '../../core/country.ts'
import type { UserId } from '../../core/ids.ts'
import { country, e164, idOf, nameText, notWellFormed, page, wellFormed } from '../contract.ts'
import { hint } from '../invalid.ts'

export const sipUsername = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/, {
    error: hint(
      'lower-case letters, digits, dots, dashes and underscores',
      'lettres minuscules, chiffres, points, tirets et tirets bas',
    ),
  })
  .meta({ examples: ['maya'] })

const sipPassword = z.string().min(8).max(128).refine(wellFormed, { error: notWellFormed })

export const email = z
  .string()
  .trim()
  .toLowerCase()
  .max(200)
  .regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+$/, {
    error: hint('an e-mail address, as maya@contoso.example', 'une adresse e-mail, comme maya@contoso.example'),
  })
  .meta({ examples: ['maya@contoso.example'] })

export const policyName = z.enum(CALLING_POLICY_NAMES as [string, ...string[]])

const passwordNeedsName = hint('a password needs a user name', 'un mot de passe nécessite un nom d’utilisateur')

export const userBody = z
  .strictObject({
    name: nameText,
    usageLocation: country,
    email: email.optional(),
    sipUsername: sipUsername.optional(),
    sipPassword: sipPassword.optional(),
    number: e164.optional(),
  })
  .refine((body) => body.sipPassword === undefined || body.sipUsername !== undefined, {
    path: ['sipUsername'],
    error: passwordNeedsName,
  })
  .meta({
    example: {
      name: 'Maya',
      usageLocation: 'CA',
      sipUsername: 'maya',
      sipPassword: 'correct-horse',
      number: '+14165550123',
    },
    dependentRequired: { sipPassword: ['sipUsername'] },
  })

export const userChanges = z
  .strictObject({
    name: nameText.optional(),
    email: email.nullable().optional(),
    usageLocation: country.optional(),
    creditsEnabled: z.boolean().optional(),
    callingPolicy: policyName.nullable().optional().meta({ description: 'null: the policy of the tenant' }),
    number: e164.nullable().optional().meta({ description: 'null: gives back all that the user has' }),
    sipUsername: sipUsername.nullable().optional().meta({ description: 'A new name needs a new password' }),
    sipPassword: sipPassword.optional(),
    disabled: z.boolean().optional().meta({ description: 'The telephone is switched off: emergency calls only' }),
  })
  .meta({ example: { creditsEnabled: false, callingPolicy: 'DialoutCPCandPSTNDomestic' } })

/** Bulk actions that are answered at once; more of them become a job. */
export const BULK_AT_ONCE = 100
export const BULK_MAX = 10_000

const oneChange = hint('exactly one change', 'une seule modification')

export const BULK_CHANGES = ['assign', 'remove', 'callingPolicy', 'creditsEnabled', 'disabled'] as const

export const bulkBody = z
  .strictObject({
    userIds: z.array(idOf<UserId>('user')).min(1).max(BULK_MAX),
    assign: z.enum(SKUS).optional(),
    remove: z.enum(SKUS).optional(),
    callingPolicy: policyName.nullable().optional(),
    creditsEnabled: z.boolean().optional(),
    disabled: z.boolean().optional(),
    dryRun: z.boolean().default(false).meta({ description: 'Verdicts and effects, and nothing is changed' }),
  })
  .refine((body) => BULK_CHANGES.filter((name) => body[name] !== undefined).length === 1, {
    path: ['assign'],
    error: oneChange,
  })
  .meta({ example: { userIds: ['usr_01kvvkymdy7dtya8n8r8ttdwwm'], creditsEnabled: false } })

export const previewQuery = z.strictObject({
  sku: z.enum(SKUS),
  change: z.enum(['assign', 'remove']).default('assign'),
})

export const USER_ORDERS = ['added', 'name', '-name'] as const

/** What somebody types to find something. */
export const searchText = z
  .string()
  .max(100)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u001f\u007f]*$/, { error: hint('no control characters', 'pas de caractère de commande') })
  .refine(wellFormed, { error: notWellFormed })

export const userFilter = {
  q: searchText
    .default('')
    .meta({ description: 'Words of the name, part of the mail address or SIP name, or digits of a number' }),
  location: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .transform((text) => text as Country)
    .optional()
    .meta({ description: 'ISO 3166-1 alpha-2: where they are' }),
  licence: z.enum([...SKUS, 'none']).optional(),
  policy: z
    .enum(['default', ...CALLING_POLICY_NAMES] as [string, ...string[]])
    .optional()
    .meta({ description: '`default`: the policy of the tenant' }),
  credits: z.enum(['on', 'off']).optional(),
  phone: z.enum(['on', 'off']).optional().meta({ description: 'Whether the telephone is switched off' }),
  canCall: z
    .enum(['yes', 'no', 'pool', 'credits', 'carrier'])
    .optional()
    .meta({ description: 'An ordinary call within their country right now; `pool` …: by whom it would be paid' }),
  deleted: z.enum(['true', 'false']).default('false').meta({ description: 'Those who are gone and can be restored' }),
}

export const userQuery = z.strictObject({ ...page, ...userFilter, sort: z.enum(USER_ORDERS).default('added') })
export const userSummaryQuery = z.strictObject(userFilter)
