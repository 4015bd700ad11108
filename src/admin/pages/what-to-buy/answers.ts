/** The answers as the form holds them, as the API takes them, and as a link carries them. */
import type { AnswersBody } from '../../../api/schema/advice.ts'

export interface GroupAnswer {
  /** Names the row while it is edited. */
  readonly key: string
  readonly name: string
  readonly people: number
  readonly country: string
  readonly callsOutside: boolean
  readonly domesticMinutes: number
  readonly abroad: readonly { readonly key: string; readonly country: string; readonly minutes: number }[]
}

export interface Answers {
  readonly country: string
  readonly groups: readonly GroupAnswer[]
  readonly tollFreeMinutes: number | null
  readonly keepsNumbers: boolean
}

let keys = 0
export const newKey = (): string => `row-${++keys}`

/** L1's own worked case: ten in the factory, five in the office. */
export const firstAnswers = (factory: string, office: string, country: string): Answers => ({
  country,
  groups: [
    { key: newKey(), name: factory, people: 10, country, callsOutside: false, domesticMinutes: 0, abroad: [] },
    { key: newKey(), name: office, people: 5, country, callsOutside: true, domesticMinutes: 300, abroad: [] },
  ],
  tollFreeMinutes: null,
  keepsNumbers: false,
})

export const toBody = (answers: Answers): AnswersBody => ({
  ...answers,
  groups: answers.groups.map(({ name, people, country, callsOutside, domesticMinutes, abroad }) => ({
    people,
    country,
    callsOutside,
    name: name.trim(),
    domesticMinutes: callsOutside ? domesticMinutes : 0,
    abroad: callsOutside ? abroad.map(({ country: called, minutes }) => ({ country: called, minutes })) : [],
  })),
})

/** Into a link: base64url of the body, so that a chat or a mail does not break it. */
export function toLink(answers: Answers): string {
  const bytes = new TextEncoder().encode(JSON.stringify(toBody(answers)))
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** Out of a link; null for one that somebody has changed. What is in it is checked again by the schema before it is used. */
export function fromLink(text: string): unknown {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0))))
  } catch {
    return null
  }
}

/** Answers that the schema has read, as the form holds them. */
export const fromBody = (body: AnswersBody): Answers => ({
  country: body.country,
  tollFreeMinutes: body.tollFreeMinutes ?? null,
  keepsNumbers: body.keepsNumbers ?? false,
  groups: body.groups.map(({ domesticMinutes = 0, abroad = [], ...group }) => ({
    ...group,
    key: newKey(),
    domesticMinutes,
    abroad: abroad.map((one) => ({ ...one, key: newKey() })),
  })),
})
