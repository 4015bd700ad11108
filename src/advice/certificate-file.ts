/**
 * The two files of `ringfence check`: the answer with its proof, and the calls as they were rated. Together they say everything, so
 * that a checker needs neither the search nor the deck.
 */
import { inCertificate } from '../core/advice/certificate.ts'
import { type Advice, type AdviceInput, CALL_KINDS, NO_USER } from '../core/advice/types.ts'

export const CERTIFICATE_FORMAT = 'ringfence-advice/1'

/** JSON: money in micros as text, seconds and places as numbers. */
export function certificateText(advice: Advice, input: AdviceInput): string {
  const { certificate, basket, status, costs } = advice
  const { rules, prices, options, months, tenantCountry, currency, zone } = input
  return JSON.stringify(
    {
      format: CERTIFICATE_FORMAT,
      status,
      cost: certificate.cost,
      bound: certificate.bound,
      costs,
      basket,
      tenantCountry,
      currency,
      zone,
      months: months.map(({ month, start, end }) => ({ month, start: start / 1000, end: end / 1000 })),
      rules: { ...rules, domesticSeconds: Object.fromEntries(rules.domesticSeconds) },
      prices: { withPlan: Object.fromEntries(prices.withPlan), withoutPlan: prices.withoutPlan },
      extraLicences: options.extraLicences,
      idleHolders: options.idleHolders,
      users: input.users,
      proofs: certificate.countries,
    },
    inCertificate,
  )
}

export const RATED_CALLS_HEADER = 'answered_at,user,kind,seconds,fee_micros,per_minute_micros,initial,next,minimum'

const LINES_AT_ONCE = 2_000

/** The calls as the advice saw them, in the order of call ids; a chunk of lines at a time. */
export function* ratedCalls({
  calls,
  users,
  targets,
}: Pick<AdviceInput, 'calls' | 'users' | 'targets'>): Generator<string> {
  const keys = users.map(({ key }) => field(key))
  const tails = targets.map(({ price }) =>
    price
      ? [
          price.connectionFeeMicros,
          price.rateMicrosPerMinute,
          price.initialIncrementSeconds,
          price.nextIncrementSeconds,
          price.minimumSeconds,
        ].join(',')
      : ',,,,',
  )
  const kinds = targets.map(({ kind }) => kind)
  let lines = `${RATED_CALLS_HEADER}\r\n`
  for (let i = 0; i < calls.length; i++) {
    const user = calls.user[i] ?? NO_USER
    const target = calls.target[i] ?? 0
    const at = new Date((calls.answeredAt[i] ?? 0) * 1000).toISOString().replace('.000Z', 'Z')
    lines += `${at},${user === NO_USER ? '' : keys[user]},${kinds[target] ?? CALL_KINDS[0]},${calls.seconds[i]},${tails[target]}\r\n`
    if (i % LINES_AT_ONCE !== LINES_AT_ONCE - 1) continue
    yield lines
    lines = ''
  }
  if (lines !== '') yield lines
}

/** RFC 4180. A key may hold anything; the file is for programs, so nothing is prefixed. */
const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
