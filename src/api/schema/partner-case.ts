/** The path through a partner (G3): what a customer is asked, and what its pages are shown. */
import { z } from 'zod'
import { ALL_STAGES, STAGES, TICKS } from '../../core/partner-case.ts'
import { LANGUAGES } from '../../core/problems.ts'
import { country, currency, nameText, notWellFormed, timeOut, timeZone, wellFormed } from '../contract.ts'
import { hint } from '../invalid.ts'
import { email } from './user.ts'

export const CARRIER_LINKS = ['sip-trunk', 'isdn', 'analogue', 'mobile', 'unknown'] as const
export const INTERNET_LINKS = ['fibre', 'cable', 'dsl', 'leased', 'mobile', 'unknown'] as const
export const SITE_LINKS = ['one-site', 'vpn', 'leased', 'not-connected', 'unknown'] as const
export const SPECIAL_NEEDS = ['call-centre', 'menus', 'meeting-rooms', 'kiosks'] as const

const count = z.number().int().min(0).max(100_000)
const longText = z
  .string()
  .trim()
  .max(2_000)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  .regex(/^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$/, {
    error: hint('no control characters', 'pas de caractère de commande'),
  })
  .refine(wellFormed, { error: notWellFormed })

/** Facts §10: what the customer supplies. */
export const intakeBody = z.strictObject({
  people: count.min(1).meta({ description: 'Who call, or are called by, numbers outside', examples: [12] }),
  phones: count.default(0).meta({ description: 'Telephones that belong to nobody: reception, workshop' }),
  devices: count.default(0).meta({ description: 'Fax machines, door intercoms, alarms' }),
  phoneSystem: longText.default('').meta({ description: 'The present one: maker, model, age' }),
  carrier: z.string().trim().max(200).refine(wellFormed, { error: notWellFormed }).default(''),
  carrierLink: z.enum(CARRIER_LINKS).default('unknown'),
  internet: z.enum(INTERNET_LINKS).default('unknown'),
  internetMbps: count.nullable().default(null).meta({ description: 'Upwards; null: not known' }),
  sites: count.min(1).default(1),
  siteLink: z.enum(SITE_LINKS).default('one-site'),
  special: z.array(z.enum(SPECIAL_NEEDS)).max(SPECIAL_NEEDS.length).default([]),
  notes: longText.default(''),
})
export type Intake = z.output<typeof intakeBody>

const phone = z
  .string()
  .trim()
  .max(40)
  .regex(/^[+\d][\d ().-]{3,}$|^$/, {
    error: hint('digits, as +33 1 99 00 12 00', 'des chiffres, comme +33 1 99 00 12 00'),
  })
  .default('')

const contactBody = z.strictObject({ name: nameText, email, phone })

const EXAMPLE_INTAKE = { people: 12, carrier: 'Opale Télécom', carrierLink: 'sip-trunk', internet: 'fibre' } as const

export const partnerRequestBody = z
  .strictObject({
    intake: intakeBody,
    contact: contactBody,
    partnerId: z.string().max(64).nullable().default(null).meta({ description: 'null: whoever takes it up' }),
    mayAct: z.boolean().meta({
      description: 'Whoever takes it up may order licences and set up numbers and trunks; can be ended at any time',
    }),
  })
  .meta({
    example: { intake: EXAMPLE_INTAKE, contact: { name: 'Ana Roche', email: 'ana@usine-nord.example' }, mayAct: true },
  })

export const visitorRequestBody = z
  .strictObject({
    organisation: nameText,
    country,
    language: z.enum(LANGUAGES).default('en'),
    intake: intakeBody,
    contact: contactBody,
    mayAct: z.boolean(),
  })
  .meta({
    example: {
      organisation: 'Usine Nord',
      country: 'FR',
      intake: EXAMPLE_INTAKE,
      contact: { name: 'Ana Roche', email: 'ana@usine-nord.example' },
      mayAct: true,
    },
  })

export const customerBody = z
  .strictObject({ timeZone, currency })
  .meta({ example: { timeZone: 'Europe/Paris', currency: 'EUR' } })

export const caseTickBody = z
  .strictObject({ item: z.enum(TICKS), done: z.boolean() })
  .meta({ example: { item: 'needs-confirmed', done: true } })

export const caseMoveBody = z.strictObject({ to: z.enum(['next', 'back']) }).meta({ example: { to: 'next' } })

export const caseDeclineBody = z
  .strictObject({ reason: longText.min(1, { error: hint('say why', 'dites pourquoi') }) })
  .meta({ example: { reason: 'The site has no Internet connection.' } })

export const caseNoteBody = z
  .strictObject({ text: longText.min(1, { error: hint('write something', 'écrivez quelque chose') }) })
  .meta({ example: { text: 'Carrier confirmed the numbers by telephone.' } })

const day = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, {
    error: hint('a day, as 2026-11-30', 'un jour, comme 2026-11-30'),
  })
  .refine((text) => new Date(`${text}T00:00:00Z`).toISOString().startsWith(text), {
    error: hint('no such day', 'ce jour n’existe pas'),
  })

export const caseChanges = z
  .strictObject({ dueOn: day.optional(), waitingOn: z.enum(['partner', 'customer']).optional() })
  .meta({ example: { waitingOn: 'customer' } })

const lineOut = z.object({
  item: z.string(),
  done: z.boolean(),
  by: z.enum(['partner', 'customer']),
  byHand: z.boolean().meta({ description: 'Ticked, not read from what is there' }),
})

const stageOut = z.enum(ALL_STAGES)

export const caseOut = z
  .object({
    id: z.string(),
    organisation: z.string(),
    country: z.string(),
    stage: stageOut,
    waitingOn: z.enum(['partner', 'customer']),
    dueOn: z.string(),
    next: z
      .string()
      .nullable()
      .meta({ description: 'The first open line of the checklist, or `advance`; null: it is over' }),
    tenantId: z.string().nullable(),
    partner: z.object({ id: z.string(), name: z.string() }).nullable(),
    assignee: z.object({ id: z.string(), name: z.string() }).nullable(),
    lockedSince: timeOut
      .nullable()
      .meta({ description: 'The customer ended the access then; nothing can be done here' }),
    people: z.number().int().nullable(),
    createdAt: timeOut,
    changedAt: timeOut,
  })
  .meta({ id: 'PartnerCase' })

const entryOut = z.object({
  id: z.string(),
  at: timeOut,
  actor: z.string(),
  kind: z.string(),
  data: z.record(z.string(), z.unknown()),
})

export const caseDetailOut = caseOut
  .extend({
    stages: z.array(z.object({ stage: z.enum(STAGES), lines: z.array(lineOut) })),
    contact: z
      .object({ name: z.string(), email: z.string(), phone: z.string() })
      .nullable()
      .meta({ description: 'null until it is taken up, and while it is locked' }),
    intake: z.record(z.string(), z.unknown()).nullable(),
    mayAct: z.boolean(),
    declineReason: z.string(),
    customer: z
      .object({
        licences: z.number().int(),
        numbers: z.number().int(),
        trunks: z.number().int(),
        trunksUp: z.number().int(),
      })
      .nullable(),
    entries: z.array(entryOut).meta({ description: 'Newest first' }),
  })
  .meta({ id: 'PartnerCaseDetail' })

/** What the customer sees of it. */
export const ownCaseOut = z
  .object({
    id: z.string(),
    stage: stageOut,
    waitingOn: z.enum(['partner', 'customer']),
    partner: z.object({ id: z.string(), name: z.string() }).nullable(),
    lines: z.array(lineOut).meta({ description: 'Of the stage it is at' }),
    toAccept: z.boolean().meta({ description: 'The hand-over waits for the customer’s word' }),
    contact: z.object({ name: z.string(), email: z.string(), phone: z.string() }),
    intake: z.record(z.string(), z.unknown()),
    mayAct: z.boolean(),
    declineReason: z.string(),
    createdAt: timeOut,
    changedAt: timeOut,
  })
  .meta({ id: 'OwnPartnerCase' })

export const partnerAccessOut = z
  .object({
    partnerId: z.string(),
    name: z.string(),
    grantedAt: timeOut.nullable().meta({ description: 'null: it may not act here' }),
    endedAt: timeOut.nullable(),
    endedBy: z.string().nullable(),
  })
  .meta({ id: 'PartnerAccess' })
