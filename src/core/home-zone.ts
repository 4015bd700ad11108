/**
 * What is domestic where a Domestic Calling Plan is sold, in a form that a switch can know by heart (C10): how a number at home is
 * dialled, and a pattern that none but domestic numbers match. Rather too narrow than too wide: what it does not know is not let through.
 */
import { classifyOutbound } from './classification.ts'
import { type Country, planLocation } from './country.ts'
import { COUNTRY_BY_PREFIX, KIND_BY_PREFIX } from './data/numbering.ts'
import { parseE164 } from './numbering.ts'

export interface HomeZone {
  readonly callingCode: string
  /** What is dialled before a number abroad, and before one at home. */
  readonly internationalPrefix: string
  readonly trunkPrefix: string
  /** POSIX extended regular expressions on the digits of E.164: a domestic number matches the first and not the second. */
  readonly pattern: string
  readonly except: string
  /** Whether some domestic number begins with these digits after the calling code. */
  mayBeHome(national: string): boolean
}

/** The zone of a user there; null where no plan is sold: calls at home are not charged there (L4), and not let through either. */
export function homeZoneOf(location: Country): HomeZone | null {
  const plan = planLocation(location)
  if (plan === null) return null
  return (plan as string) === 'GB' ? GREAT_BRITAIN : NORTH_AMERICA
}

/** Codes of areas that count as one domestic zone for a user in any of them (P4). */
function northAmericanAreas(): string[] {
  const codes: string[] = []
  for (let code = 200; code <= 999; code++) {
    const number = parseE164(`+1${code}2345678`)
    if (number && classifyOutbound(number, 'US' as Country).classification === 'domestic') codes.push(String(code))
  }
  return codes
}

const areas = northAmericanAreas()

const NORTH_AMERICA: HomeZone = {
  callingCode: '1',
  internationalPrefix: '011',
  trunkPrefix: '1',
  pattern: `^1(${areas.join('|')})[2-9][0-9]{6}$`,
  except: '^1[0-9]{3}[0-9]11',
  mayBeHome: (national) => areas.some((area) => area.startsWith(national.slice(0, 3))),
}

const elsewhere = [COUNTRY_BY_PREFIX['44'], KIND_BY_PREFIX['44']].flatMap((table) => Object.values(table ?? {}).flat())

// Geographic numbers, 03 and mobiles; 070 and 076 are personal numbers and pagers.
const GREAT_BRITAIN: HomeZone = {
  callingCode: '44',
  internationalPrefix: '00',
  trunkPrefix: '0',
  pattern: '^44(1[1-9][0-9]{7,8}|[23][0-9]{9}|7[1-57-9][0-9]{8})$',
  except: `^44(${elsewhere.join('|')})`,
  mayBeHome: (national) => !elsewhere.some((prefix) => national.startsWith(prefix)),
}
