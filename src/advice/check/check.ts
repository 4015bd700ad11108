/**
 * `ringfence check`: does this basket cost what the answer says, and is nothing cheaper? Reads the certificate and the rated calls,
 * adds everything up again in whole numbers, and shares no code with the calculation that made them.
 */
import { makeQuestion, type Question } from './abroad.ts'
import { creditsBeyond, grantsOf, type Rules, within } from './grants.ts'
import { type Proof, provedMost } from './proof.ts'
import { type Call, CheckFault, priced, readRatedCalls } from './rated-calls.ts'

/** What the file of the certificate says, as far as it is checked. */
interface Certificate {
  readonly format: string
  readonly cost: string
  readonly bound: string
  readonly tenantCountry: string
  readonly currency: string
  readonly months: readonly { readonly start: number; readonly end: number }[]
  readonly rules: {
    readonly incrementSeconds: number
    readonly grantSeconds: number
    readonly domesticSeconds: Readonly<Record<string, number>>
    readonly internationalSeconds: number
    readonly conferenceSeconds: number
    readonly licencesMax: number
  }
  readonly prices: {
    readonly withPlan: Readonly<Record<string, { readonly licence: string; readonly international: string | null }>>
    readonly withoutPlan: string | null
  }
  readonly extraLicences: boolean
  readonly idleHolders: boolean
  readonly users: readonly { readonly key: string; readonly location: string }[]
  readonly basket: {
    readonly withoutPlan: number
    readonly countries: readonly {
      readonly country: string
      readonly licences: number
      readonly holders: readonly number[]
      readonly idleHolders: number
    }[]
  }
  readonly proofs: readonly {
    readonly country: string
    readonly callers: readonly number[]
    readonly cases: readonly { readonly idleMax: number; readonly proof: Proof }[]
  }[]
}

export interface Verdict {
  /** The basket really costs this; and every basket at least that. Micros. */
  readonly cost: bigint
  readonly bound: bigint
  readonly claimedCost: bigint
  readonly claimedBound: bigint
  readonly currency: string
  readonly calls: number
  /** `proven`: nothing is cheaper. `gap`: as the answer says, it may not be the cheapest. `wrong`: a claim does not hold. */
  readonly result: 'proven' | 'gap' | 'wrong'
}

const FORMAT = 'ringfence-advice/1'
const EXTERNAL = new Set(['inbound', 'free-out', 'domestic', 'international', 'credits', 'conference', 'toll-free-in'])

/** Throws `CheckFault` where a file is not what it should be, or a proof leaves something out. */
export async function check(certificateText: string, calls: AsyncIterable<string>): Promise<Verdict> {
  const certificate = parse(certificateText)
  const books = await readBooks(certificate, calls)
  const claimedCost = BigInt(certificate.cost)
  const claimedBound = BigInt(certificate.bound)
  const cost = costOfBasket(certificate, books)
  const bound = boundOfAll(certificate, books)
  const isRight = cost === claimedCost && claimedBound <= bound && claimedBound <= claimedCost
  const result = !isRight ? 'wrong' : claimedBound === claimedCost ? 'proven' : 'gap'
  const { currency } = certificate
  return { cost, bound, claimedCost, claimedBound, currency, calls: books.calls, result }
}

function parse(text: string): Certificate {
  let value: Certificate
  try {
    value = JSON.parse(text) as Certificate
  } catch {
    throw new CheckFault('the certificate is not JSON')
  }
  if (typeof value !== 'object' || value?.format !== FORMAT) throw new CheckFault(`the certificate is not ${FORMAT}`)
  for (const name of ['cost', 'bound', 'months', 'rules', 'prices', 'users', 'basket', 'proofs'] as const)
    if (value[name] === undefined) throw new CheckFault(`the certificate has no ${name}`)
  return value
}

/** One plan country: its people and their calls, in the order of call ids. */
interface Country {
  readonly name: string
  users: number
  readonly needed: Set<number>
  readonly domestic: Call[]
  readonly abroad: Call[]
  /** The user of each call abroad. */
  readonly abroadUser: number[]
}

interface Books {
  readonly bounds: readonly number[]
  readonly countries: Map<string, Country>
  readonly withoutPlan: Set<number>
  readonly conference: Call[]
  readonly always: bigint
  readonly calls: number
}

async function readBooks(certificate: Certificate, chunks: AsyncIterable<string>): Promise<Books> {
  const { users, rules, months } = certificate
  const bounds = [...months.map(({ start }) => start), ...months.slice(-1).map(({ end }) => end)]
  if (months.some(({ end }, m) => end !== (bounds[m + 1] ?? 0) || end <= (bounds[m] ?? 0)))
    throw new CheckFault('the months are not consecutive')
  const places = new Map(users.map(({ key }, user) => [key, user]))
  if (places.size !== users.length) throw new CheckFault('two users have the same key')
  const hasPlans = Object.hasOwn(rules.domesticSeconds, certificate.tenantCountry)
  const planCountry = (location: string): string | null => {
    const country = location === 'PR' ? 'US' : location
    return hasPlans && Object.hasOwn(rules.domesticSeconds, country) ? country : null
  }
  const countries = new Map<string, Country>()
  const countryOf = users.map(({ location }) => planCountry(location))
  for (const name of countryOf) {
    if (name === null) continue
    const country = countries.get(name) ?? emptyCountry(name)
    country.users++
    countries.set(name, country)
  }
  const withoutPlan = new Set<number>()
  const conference: Call[] = []
  let always = 0n
  let count = 0
  for await (const call of readRatedCalls(chunks)) {
    count++
    if (!EXTERNAL.has(call.kind)) continue
    if (call.at >= (bounds.at(-1) ?? 0) || call.at + call.seconds < (bounds[0] ?? 0)) continue
    if (call.seconds === 0 && call.at < (bounds[0] ?? 0)) continue
    const user = call.user === null ? null : places.get(call.user)
    if (user === undefined) throw new CheckFault(`a call is of ${call.user}, whom the certificate does not know`)
    const name = user === null ? null : (countryOf[user] ?? null)
    const country = name === null ? null : countries.get(name)
    if (user !== null) (country ? country.needed : withoutPlan).add(user)
    if (call.seconds === 0 || (user !== null && !country)) continue
    if (call.kind === 'domestic') country?.domestic.push(call)
    else if (call.kind === 'international') {
      country?.abroad.push(call)
      country?.abroadUser.push(user ?? -1)
    } else if (call.kind === 'conference') conference.push(call)
    else if (call.kind === 'credits' || call.kind === 'toll-free-in') always += priced(call.price, within(call, bounds))
  }
  return { bounds, countries, withoutPlan, conference, always, calls: count }
}

const emptyCountry = (name: string): Country => ({
  name,
  users: 0,
  needed: new Set(),
  domestic: [],
  abroad: [],
  abroadUser: [],
})

const rulesOf = ({ rules }: Certificate): Rules => ({ increment: rules.incrementSeconds, grant: rules.grantSeconds })

/** Micros per month; 0 where the price list has none. */
const price = (text: string | null | undefined): bigint => BigInt(text ?? 0)

function costOfBasket(certificate: Certificate, books: Books): bigint {
  const { basket, rules, prices, users } = certificate
  const months = BigInt(books.bounds.length - 1)
  // A licence for everybody who needs one and can have one; locations where none is sold are not in the basket.
  let cost = books.always + months * BigInt(basket.withoutPlan) * price(prices.withoutPlan)
  if (basket.withoutPlan > books.withoutPlan.size)
    throw new CheckFault('more licences without plan than people who need one')
  let voice = basket.withoutPlan
  for (const country of books.countries.values()) {
    const part = basket.countries.find((one) => one.country === country.name)
    if (!part) throw new CheckFault(`the basket has nothing for ${country.name}`)
    const isSound =
      part.licences >= country.needed.size &&
      part.licences <= country.users &&
      new Set(part.holders).size === part.holders.length &&
      part.holders.every((user) => country.needed.has(user)) &&
      part.idleHolders >= 0
    if (!isSound) throw new CheckFault(`the basket of ${country.name} cannot be`)
    const callers = new Set(country.abroadUser)
    const holders = new Set(part.holders)
    const idle = part.idleHolders + part.holders.filter((user) => !callers.has(user)).length
    if (idle > part.licences - callers.size)
      throw new CheckFault(`${country.name} has too few colleagues for idle plans`)
    const { licence, international } = prices.withPlan[country.name] ?? { licence: '0', international: null }
    const plans = part.holders.length + part.idleHolders
    if (plans > 0 && international === null) throw new CheckFault(`no International plan is sold in ${country.name}`)
    voice += part.licences
    cost += months * (BigInt(part.licences) * price(licence) + BigInt(plans) * price(international))
    cost += sharedCredits(
      country.domestic,
      books.bounds,
      rulesOf(certificate),
      domesticSeconds(certificate, country, part.licences),
    )
    const all = country.abroad.reduce(
      (sum, call, i) =>
        holders.has(country.abroadUser[i] ?? -1) ? sum : sum + priced(call.price, within(call, books.bounds)),
      0n,
    )
    const drawn = country.abroad.filter((_, i) => holders.has(country.abroadUser[i] ?? -1))
    cost += all + sharedCredits(drawn, books.bounds, rulesOf(certificate), plans * rules.internationalSeconds)
  }
  if (users.length === 0) return cost
  return cost + sharedCredits(books.conference, books.bounds, rulesOf(certificate), voice * rules.conferenceSeconds)
}

const domesticSeconds = ({ rules }: Certificate, { name }: Country, licences: number): number =>
  licences * (rules.domesticSeconds[name] ?? 0)

/** Credits beyond a pool that all these calls draw. Months in which it lasts are not cut into grants. */
function sharedCredits(calls: readonly Call[], bounds: readonly number[], rules: Rules, poolSeconds: number): bigint {
  const needs = bounds.slice(1).map(() => 0)
  for (const call of calls) addNeed(needs, call, bounds, rules.increment)
  const first = needs.findIndex((seconds) => seconds > poolSeconds)
  if (first === -1) return 0n
  const last = needs.findLastIndex((seconds) => seconds > poolSeconds)
  const short = bounds.slice(first, last + 2)
  const there = calls.filter((call) => within(call, short) > 0)
  return creditsBeyond(there, grantsOf(there, short, rules), poolSeconds, () => true)
}

function addNeed(needs: number[], call: Call, bounds: readonly number[], increment: number): void {
  for (let m = 0; m < needs.length; m++) {
    const from = Math.max(call.at, bounds[m] ?? 0)
    const to = Math.min(call.at + call.seconds, bounds[m + 1] ?? 0)
    if (from < to) needs[m] = (needs[m] ?? 0) + Math.ceil((to - from) / increment) * increment
  }
}

/** The least that any basket costs: per country and number of licences, joined over the countries. */
function boundOfAll(certificate: Certificate, books: Books): bigint {
  const { rules, prices } = certificate
  const withoutPlan = certificate.basket.withoutPlan
  const months = BigInt(books.bounds.length - 1)
  const fixed = books.always + months * BigInt(withoutPlan) * price(prices.withoutPlan)
  let sums: bigint[] = [fixed]
  let least = withoutPlan
  for (const country of books.countries.values()) {
    const table = countryBounds(certificate, books, country)
    sums = minPlus(sums, table)
    least += country.needed.size
  }
  const isAboveMax = least > rules.licencesMax
  let bound: bigint | null = null
  for (const [extra, sum] of sums.entries()) {
    const voice = least + extra
    if (!isAboveMax && voice > rules.licencesMax) break
    const beyond = sharedCredits(books.conference, books.bounds, rulesOf(certificate), voice * rules.conferenceSeconds)
    if (bound === null || sum + beyond < bound) bound = sum + beyond
  }
  return bound ?? fixed
}

function countryBounds(certificate: Certificate, books: Books, country: Country): bigint[] {
  const { rules, prices, extraLicences, idleHolders, proofs } = certificate
  const months = BigInt(books.bounds.length - 1)
  const { licence, international } = prices.withPlan[country.name] ?? { licence: '0', international: null }
  const proof = proofs.find((one) => one.country === country.name)
  const least = country.needed.size
  const most = extraLicences ? country.users : least
  const callers = [...new Set(country.abroadUser)]
  const idleMaxOf = (licences: number): number => (idleHolders ? Math.max(0, licences - callers.length) : 0)
  const plain = country.abroad.reduce((sum, call) => sum + priced(call.price, within(call, books.bounds)), 0n)
  const hasChoice = international !== null && callers.length > 0
  const cases = !hasChoice
    ? []
    : (proof?.cases ?? []).map(({ idleMax, proof: claimed }) => {
        // The certificate numbers the callers as it likes; it must name all of them.
        const order = proof?.callers ?? []
        if (order.length !== callers.length || callers.some((user) => !order.includes(user)))
          throw new CheckFault(`the callers of ${country.name} are not those of the calls`)
        const placeOf = new Map(order.map((user, c) => [user, c]))
        const question: Question = makeQuestion(
          country.abroad,
          country.abroadUser.map((user) => placeOf.get(user) ?? -1),
          books.bounds,
          rulesOf(certificate),
          {
            callers: order.length,
            idleMax,
            plan: price(international) * months,
            holderSeconds: rules.internationalSeconds,
          },
        )
        return { idleMax, cost: costBound(question, provedMost(question, claimed)) }
      })
  const beyond = new Map<number, bigint>()
  let lasts = false
  return Array.from({ length: most - least + 1 }, (_, extra) => {
    const licences = least + extra
    const seconds = domesticSeconds(certificate, country, licences)
    if (!lasts) beyond.set(licences, sharedCredits(country.domestic, books.bounds, rulesOf(certificate), seconds))
    lasts ||= beyond.get(licences) === 0n
    const proved = cases.filter(({ idleMax }) => idleMax >= idleMaxOf(licences)).map(({ cost }) => cost)
    if (hasChoice && proved.length === 0)
      throw new CheckFault(`nothing is proved for ${licences} licences in ${country.name}`)
    const abroad = hasChoice ? strongest(proved) : plain
    return months * BigInt(licences) * price(licence) + (beyond.get(licences) ?? 0n) + abroad
  })
}

/** Costs are whole micros, so a bound in sixteenths rounds up. */
function costBound({ allCredits }: Question, most: bigint): bigint {
  const sixteenths = 16n * allCredits - most
  return sixteenths <= 0n ? 0n : (sixteenths + 15n) / 16n
}

function minPlus(a: readonly bigint[], b: readonly bigint[]): bigint[] {
  const sums: (bigint | undefined)[] = Array.from({ length: a.length + b.length - 1 })
  for (const [i, x] of a.entries()) {
    for (const [j, y] of b.entries()) {
      const known = sums[i + j]
      if (known === undefined || x + y < known) sums[i + j] = x + y
    }
  }
  return sums.map((sum) => sum ?? 0n)
}

function strongest(bounds: readonly bigint[]): bigint {
  let most = 0n
  for (const bound of bounds) if (bound > most) most = bound
  return most
}
