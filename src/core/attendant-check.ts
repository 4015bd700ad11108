/** What keeps an attendant from going live. A draft may have all of it. */
import { type Attendant, MENU_KEYS, promptsOf, targetsOf } from './attendant.ts'
import { badDay } from './business-hours.ts'
import type { Country } from './country.ts'
import type { UserId, Uuid } from './ids.ts'
import { isEmergency, parseE164 } from './numbering.ts'
import type { Language } from './problems.ts'

/** Each with its sentence; `at` of a fault says where: `menu.keys.3`. */
export const ATTENDANT_FAULTS = {
  'nowhere-to-go': {
    en: 'Choose where calls go: to one place, or by a menu.',
    fr: 'Choisissez où vont les appels : vers un seul endroit ou par un menu.',
  },
  'menu-empty': { en: 'The menu has no key.', fr: 'Le menu n’a aucune touche.' },
  'key-empty': { en: 'This key leads nowhere.', fr: 'Cette touche ne mène nulle part.' },
  'menu-without-words': {
    en: 'Nothing tells callers which key to press.',
    fr: 'Rien n’indique aux appelants quelle touche utiliser.',
  },
  'prompt-gone': { en: 'This recording is no longer there.', fr: 'Cet enregistrement n’existe plus.' },
  'user-gone': { en: 'This user is no longer there.', fr: 'Cet utilisateur n’existe plus.' },
  'user-without-telephone': {
    en: 'This user has no telephone that could ring.',
    fr: 'Cet utilisateur n’a pas de téléphone qui puisse sonner.',
  },
  'user-without-licence': { en: 'This user has no voice licence.', fr: 'Cet utilisateur n’a pas de licence vocale.' },
  'number-wrong': {
    en: 'This is not a number in international format (+…).',
    fr: 'Ce n’est pas un numéro au format international (+…).',
  },
  'number-emergency': {
    en: 'Nobody is forwarded to an emergency number.',
    fr: 'Personne n’est renvoyé vers un numéro d’urgence.',
  },
  loop: {
    en: 'This number leads back here: callers would go round in circles.',
    fr: 'Ce numéro ramène ici : les appelants tourneraient en rond.',
  },
  'hours-wrong': {
    en: 'The hours of this day end before they begin, or overlap.',
    fr: 'Les horaires de ce jour se terminent avant de commencer ou se chevauchent.',
  },
} as const satisfies Record<string, Record<Language, string>>

export type AttendantFault = keyof typeof ATTENDANT_FAULTS

export interface Fault {
  readonly code: AttendantFault
  readonly at: string
}

/** What an attendant is checked against. */
export interface AttendantWorld {
  readonly country: Country
  /** The users that it names, as far as they are there. */
  readonly users: ReadonlyMap<UserId, { readonly hasTelephone: boolean; readonly hasLicence: boolean }>
  readonly prompts: ReadonlySet<Uuid>
  /** Numbers of the organisation with a live attendant → the outside numbers and service numbers that one leads to. */
  readonly leadsTo: ReadonlyMap<string, readonly string[]>
  /** The numbers that lead to this attendant. */
  readonly ownNumbers: readonly string[]
}

/** Everything that is wrong, in the order of the form. */
export function faultsOf(attendant: Attendant, world: AttendantWorld): Fault[] {
  const faults: Fault[] = []
  const add = (code: AttendantFault, at: string): void => {
    faults.push({ code, at })
  }
  const { greeting, forward, menu, afterHours } = attendant
  for (const id of promptsOf(attendant)) {
    if (world.prompts.has(id)) continue
    add('prompt-gone', id === greeting ? 'greeting' : id === menu?.prompt ? 'menu.prompt' : 'afterHours.prompt')
  }
  if (!forward && !menu) add('nowhere-to-go', 'forward')
  if (menu && !forward) {
    const keys = MENU_KEYS.filter((key) => menu.keys[key] !== undefined)
    if (keys.length === 0) add('menu-empty', 'menu.keys')
    for (const key of keys) if (menu.keys[key] === null) add('key-empty', `menu.keys.${key}`)
    if (keys.length > 0 && menu.prompt === null && greeting === null) add('menu-without-words', 'menu.prompt')
  }
  for (const { at, target } of targetsOf(attendant)) {
    if (target.to === 'user') {
      const user = world.users.get(target.userId)
      if (!user) add('user-gone', at)
      else if (!user.hasTelephone) add('user-without-telephone', at)
      else if (!user.hasLicence) add('user-without-licence', at)
    } else if (target.to === 'number') {
      const digits = target.number.replace(/^\+/, '')
      if (isEmergency(digits, world.country)) add('number-emergency', at)
      else if (!parseE164(target.number)) add('number-wrong', at)
      else if (comesBack(target.number, world)) add('loop', at)
    }
  }
  const bad = afterHours ? badDay(afterHours.hours) : null
  if (bad !== null) add('hours-wrong', `afterHours.hours.${bad}`)
  return faults
}

/** Does a call to `number` come back to this attendant, or never come to rest? */
function comesBack(number: string, world: AttendantWorld): boolean {
  const seen = new Set<string>()
  const waiting = [number]
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (world.ownNumbers.includes(one)) return true
    if (seen.has(one)) continue
    seen.add(one)
    waiting.push(...(world.leadsTo.get(one) ?? []))
  }
  return false
}
