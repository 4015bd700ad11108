/** Greetings and call menus, as forms and routes both check them. */
import { z } from 'zod'
import { MENU_KEYS } from '../../core/attendant.ts'
import { ATTENDANT_FAULTS, type AttendantFault } from '../../core/attendant-check.ts'
import { SPANS_A_DAY_MAX, WEEK_DAYS } from '../../core/business-hours.ts'
import type { UserId, Uuid } from '../../core/ids.ts'
import { LANGUAGES } from '../../core/problems.ts'
import { hint } from '../invalid.ts'
import { idOf } from './id.ts'
import { listOf } from './list.ts'
import { e164 } from './number.ts'
import { nameText } from './text.ts'
import { timeOut } from './time.ts'

const noSuchId = hint('an id of this kind', 'un identifiant de ce type')

const userId = idOf<UserId>('user').transform((id, context): UserId => {
  if (id !== null) return id
  context.addIssue({ code: 'custom', message: noSuchId })
  return z.NEVER
})

const promptId = idOf<Uuid>('prompt').transform((id, context): Uuid => {
  if (id !== null) return id
  context.addIssue({ code: 'custom', message: noSuchId })
  return z.NEVER
})

const target = z
  .discriminatedUnion('to', [
    z.strictObject({ to: z.literal('user'), userId }),
    z.strictObject({ to: z.literal('number'), number: e164 }),
    z.strictObject({ to: z.literal('hang-up') }),
  ])
  .meta({ description: 'A colleague; a number outside, paid by the credits; or the end of the call' })

const timeOfDay = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: hint('a time of day, 09:30', 'une heure, 09:30') })
  .meta({ examples: ['09:00'] })

const weekHours = z
  .array(z.array(z.strictObject({ from: timeOfDay, to: timeOfDay })).max(SPANS_A_DAY_MAX))
  .length(WEEK_DAYS)
  .meta({ description: 'Monday first, in the tenant’s time zone. A day without spans is closed' })

const menu = z.strictObject({
  prompt: promptId.nullable(),
  keys: z
    .partialRecord(z.enum(MENU_KEYS), target.nullable())
    .meta({ description: 'A key with null is in the draft and leads nowhere yet' }),
  waitSeconds: z.number().int().min(1).max(30).default(5),
  attempts: z.number().int().min(1).max(5).default(3),
  otherwise: target.meta({ description: 'For callers who have used up their attempts' }),
})

const afterHours = z.strictObject({ hours: weekHours, prompt: promptId.nullable(), target })

export const attendantSettings = z
  .strictObject({
    language: z.enum(LANGUAGES).meta({ description: 'Of the sentences that the attendant says itself' }),
    greeting: promptId.nullable(),
    forward: target.nullable().meta({ description: 'Where everything goes; null: the menu decides' }),
    menu: menu.nullable(),
    afterHours: afterHours.nullable().meta({ description: 'null: always open' }),
  })
  .meta({
    example: {
      language: 'en',
      greeting: null,
      forward: { to: 'number', number: '+14165550123' },
      menu: null,
      afterHours: null,
    },
  })

const numbers = z
  .array(idOf<Uuid>('number'))
  .max(20)
  .meta({ description: 'Ids of service numbers that lead there: all of them, in no order' })

export const attendantBody = z
  .strictObject({ name: nameText, draft: attendantSettings.optional(), numbers: numbers.optional() })
  .meta({ example: { name: 'Reception' } })

export const attendantChanges = z
  .strictObject({ name: nameText.optional(), draft: attendantSettings.optional(), numbers: numbers.optional() })
  .meta({ example: { name: 'Reception' } })

const targetOut = z.discriminatedUnion('to', [
  z.object({ to: z.literal('user'), userId: z.string() }),
  z.object({ to: z.literal('number'), number: z.string() }),
  z.object({ to: z.literal('hang-up') }),
])

const settingsOut = z.object({
  language: z.enum(LANGUAGES),
  greeting: z.string().nullable(),
  forward: targetOut.nullable(),
  menu: z
    .object({
      prompt: z.string().nullable(),
      keys: z.partialRecord(z.enum(MENU_KEYS), targetOut.nullable()),
      waitSeconds: z.number().int(),
      attempts: z.number().int(),
      otherwise: targetOut,
    })
    .nullable(),
  afterHours: z
    .object({
      hours: z.array(z.array(z.object({ from: z.string(), to: z.string() }))),
      prompt: z.string().nullable(),
      target: targetOut,
    })
    .nullable(),
})

const faults = Object.keys(ATTENDANT_FAULTS) as [AttendantFault, ...AttendantFault[]]

export const faultOut = z.object({
  code: z.enum(faults),
  at: z.string().meta({ description: 'The field: `menu.keys.3`' }),
  title: z.string(),
})

export const attendantOut = z
  .object({
    id: z.string(),
    name: z.string(),
    draft: settingsOut,
    live: settingsOut.nullable().meta({ description: 'What callers get; null: never published' }),
    isChanged: z.boolean().meta({ description: 'The draft is not what is live' }),
    faults: z.array(faultOut).meta({ description: 'What keeps the draft from going live' }),
    numbers: z.array(z.object({ id: z.string(), number: z.string(), type: z.string() })),
    publishedAt: timeOut.nullable(),
    createdAt: timeOut,
  })
  .meta({ id: 'Attendant' })

export const attendantList = listOf(attendantOut)

/** As long as is bearable: some three minutes of speech. */
export const SPOKEN_MAX = 2_000

export const promptBody = z
  .strictObject({
    text: z
      .string()
      .max(SPOKEN_MAX)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
      .regex(/^[^\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f]*$/, {
        error: hint('no control characters', 'pas de caractère de commande'),
      })
      .regex(/[\p{L}\p{N}]/u, { error: hint('some words', 'quelques mots') })
      .refine((text) => text.isWellFormed()),
    language: z.enum(LANGUAGES),
  })
  .meta({ example: { text: 'Welcome to Contoso.', language: 'en' } })

export const promptOut = z
  .object({
    id: z.string(),
    name: z.string(),
    text: z.string().nullable().meta({ description: 'null: a file that was uploaded' }),
    language: z.enum(LANGUAGES).nullable(),
    format: z.enum(['wav', 'mp3']),
    seconds: z.number().int().meta({ description: 'Rounded up' }),
    createdAt: timeOut,
  })
  .meta({ id: 'Prompt' })
