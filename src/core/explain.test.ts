import { describe, expect, test } from 'vitest'
import { FORWARDING_OBSTACLES, type Onward, type Reason } from './call.ts'
import type { CallRecord, CallSupplement, RateOnRecord, RecordDetails } from './call-record.ts'
import type { Country } from './country.ts'
import { explain } from './explain.ts'
import type { CallId, SwitchId, TenantId, UserId } from './ids.ts'
import { type Currency, micros } from './money.ts'
import { LANGUAGES, REFUSALS, type RefusalCode } from './problems.ts'
import { withSupplement } from './settled-record.ts'
import { instant, type TimeZone } from './time.ts'

const at = (text: string) => instant(Date.parse(text))
const country = (code: string) => code as Country
const TORONTO = { timeZone: 'America/Toronto' as TimeZone, tenantCountry: 'CA', userName: 'Maya Tremblay' }
const POOL = 'pool:CA:domestic:2026-11'

const RATE: RateOnRecord = {
  deckVersion: 41,
  direction: 'out',
  prefix: '1415',
  origin: '',
  lineKind: 'any',
  currency: 'CAD',
  perMinute: '0.100000',
  connectionFee: '0.000000',
  initialIncrement: 60,
  nextIncrement: 60,
  minimumSeconds: 0,
}

const DETAILS: RecordDetails = {
  reason: { code: 'us-and-canada', country: country('US'), location: country('CA') },
  country: 'US',
  charged: true,
  pool: { country: 'CA', plan: 'domestic' },
  funding: [{ source: POOL, spokenSeconds: 86, seconds: 120 }],
  segments: [{ source: POOL, seconds: 86 }],
  overrunSeconds: 0,
  rate: RATE,
}

const RECORD: CallRecord = {
  callId: '019a0000-0000-7000-8000-000000000001' as CallId,
  tenantId: '019a0000-0000-7000-8000-000000000002' as TenantId,
  switchId: '019a0000-0000-7000-8000-000000000003' as SwitchId,
  sessionId: 'leg-1',
  userId: '019a0000-0000-7000-8000-000000000004' as UserId,
  direction: 'out',
  callingNumber: '+14165550123',
  calledNumber: '+14155550100',
  classification: 'domestic',
  result: 'ended',
  startedAt: at('2026-11-23T14:12:04Z'),
  answeredAt: at('2026-11-23T14:12:15Z'),
  endedAt: at('2026-11-23T14:13:41Z'),
  endCause: 'caller-hung-up',
  chargedSeconds: 86,
  chargeMicros: micros(0n),
  currency: 'CAD' as Currency,
  refusalCode: null,
  details: DETAILS,
}

/** Spaces of any width as one plain space: what they look like is the runtime's business. */
const plain = (text: string): string => text.replaceAll(/[\u00a0\u202f]/g, ' ')

function tell(record: CallRecord, language: 'en' | 'fr' = 'en', supplement: CallSupplement | null = null): string {
  return plain(explain(withSupplement(record, supplement), TORONTO, language).sentences.join('\n'))
}

const ended = (over: Partial<CallRecord>, details: Partial<RecordDetails> = {}): CallRecord => ({
  ...RECORD,
  ...over,
  details: { ...DETAILS, ...details },
})

const SPLIT = ended(
  { chargedSeconds: 480, chargeMicros: micros(600_000n), endCause: 'funds-exhausted' },
  {
    funding: [
      { source: POOL, spokenSeconds: 120, seconds: 120 },
      { source: 'wallet', spokenSeconds: 360, seconds: 360, amount: '0.600000' },
    ],
    segments: [
      { source: POOL, seconds: 120 },
      { source: 'wallet', seconds: 360 },
    ],
  },
)

describe('explain this charge', () => {
  test('C8: who called whom, and when by the clocks of the tenant, in the language’s way', () => {
    expect(tell(RECORD)).toMatch(/^Maya Tremblay called \+14155550100 on November 23, 2026 at 09:12:04 EST\./)
    expect(tell(RECORD, 'fr')).toMatch(
      /^Maya Tremblay a appelé le \+14155550100 le 23 novembre 2026 à 09 h 12 min 04 s/,
    )
    expect(tell(RECORD)).toContain('answered at 09:12:15 and lasted 1 min 26 s (86 s)')
  })

  test('C8: a user whose name is not known goes by the id', () => {
    const { userName: _, ...context } = TORONTO
    expect(explain(withSupplement(RECORD, null), context, 'en').sentences[0]).toMatch(/^User usr_/)
    expect(explain(withSupplement({ ...RECORD, userId: null }, null), context, 'en').sentences[0]).toMatch(/^\+1416/)
  })

  test('P9: the rounding is told once per source, with its numbers and its rule', () => {
    expect(tell(RECORD)).toContain(
      '86 s spoken count as 120 s for the Canada domestic pool of November 2026, in steps of 60 s',
    )
    expect(tell(RECORD, 'fr')).toContain(
      '86 s de conversation comptent pour 120 s pour le pool d’appels nationaux (Canada, novembre 2026), par pas de 60 s',
    )
    const { rounding } = explain(withSupplement(SPLIT, null), TORONTO, 'en')
    expect(rounding.sources).toMatchObject([
      { source: POOL, spokenSeconds: 120, seconds: 120, initialIncrement: 60, nextIncrement: 60 },
      { source: 'wallet', spokenSeconds: 360, seconds: 360 },
    ])
  })

  test('C1: a split call names both funds, their minutes, the amount and the row of the deck', () => {
    const english = tell(SPLIT)
    expect(english).toContain('took 2 minutes (120 s) from the Canada domestic pool of November 2026, at no charge')
    expect(english).toContain('Communications Credits took over without a gap')
    expect(english).toContain('Communications Credits paid for 6 minutes (360 s): CA$0.60.')
    expect(english).toContain('CA$0.10 a minute, in steps of 60 s: rate deck version 41, prefix 1415')
    const french = tell(SPLIT, 'fr')
    expect(french).toContain('a pris 2 minutes (120 s) dans le pool d’appels nationaux (Canada, novembre 2026)')
    expect(french).toContain('Les crédits de communication ont payé 6 minutes (360 s) : 0,60 $CA.')
    expect(french).toContain('0,10 $CA la minute, par pas de 60 s : grille tarifaire version 41, préfixe 1415')
  })

  test('W1: amounts are exact, however many decimals they have', () => {
    const funding = [{ source: 'wallet', spokenSeconds: 61, seconds: 66, amount: '9007199254.740993' }]
    const record = ended(
      { chargeMicros: micros(9_007_199_254_740_993n) },
      { funding, segments: [{ source: 'wallet', seconds: 61 }] },
    )
    expect(tell(record)).toContain('9,007,199,254.740993')
  })

  test('R1: increments, minimum, connection fee, kind of line and origin are part of the price', () => {
    const rate = {
      ...RATE,
      connectionFee: '0.050000',
      initialIncrement: 30,
      nextIncrement: 6,
      minimumSeconds: 45,
      lineKind: 'mobile',
      origin: 'CA',
    }
    const { rate: told } = explain(withSupplement(ended({}, { rate }), null), TORONTO, 'en')
    expect(plain(told?.sentence ?? '')).toContain(
      'and a connection fee of CA$0.05, in a first step of 30 s, then steps of 6 s, at least 45 s: rate deck version 41, prefix 1415, mobile lines, calls from: Canada,',
    )
    expect(told).toMatchObject(rate)
  })

  test('P8: across the end of a month both months are named', () => {
    const december = 'pool:CA:domestic:2026-12'
    const funding = [
      { source: POOL, spokenSeconds: 30, seconds: 60 },
      { source: december, spokenSeconds: 45, seconds: 60 },
    ]
    const segments = [
      { source: POOL, seconds: 30 },
      { source: december, seconds: 45 },
    ]
    const told = tell(ended({ chargedSeconds: 75 }, { funding, segments }))
    expect(told).toContain('pool of November 2026, at no charge')
    expect(told).toContain('pool of December 2026, at no charge')
    expect(told).toContain('each month paid for the seconds spoken in it')
  })

  test('C1: sources that paid in turns are told in the order spoken', () => {
    const segments = [
      { source: POOL, seconds: 60 },
      { source: 'wallet', seconds: 360 },
      { source: POOL, seconds: 60 },
    ]
    const record = { ...SPLIT, details: { ...SPLIT.details, segments } }
    expect(tell(record)).toMatch(
      /In the order spoken, without a gap: 1 minute \(60 s\) from the Canada.*then 6 minutes \(360 s\) from Comm.*then 1 minute/,
    )
    expect(tell(record)).not.toContain('took over')
    expect(tell(SPLIT)).not.toContain('In the order spoken')
  })

  test('C1: credits alone say why no plan paid', () => {
    const wallet = {
      funding: [{ source: 'wallet', spokenSeconds: 86, seconds: 120, amount: '0.200000' }],
      segments: [{ source: 'wallet', seconds: 86 }],
    }
    expect(tell(ended({ chargeMicros: micros(200_000n) }, wallet))).toContain(
      'No minutes were left in the Canada domestic pool of November 2026',
    )
    const abroad = ended(
      { chargeMicros: micros(200_000n), classification: 'international' },
      { ...wallet, pool: null, reason: { code: 'other-country', country: country('DE'), location: country('CA') } },
    )
    expect(tell(abroad)).toContain('No plan of this user covers the call')
    expect(tell(abroad, 'fr')).toContain('(Allemagne) se trouve hors du pays de l’utilisateur (Canada)')
  })

  test('C9: overrun and a late end are told, and the late end replaces what was closed', () => {
    expect(tell(ended({}, { overrunSeconds: 26 }))).toContain('26 s went beyond')
    const silent = ended(
      { endCause: 'switch-silent', answeredAt: null, chargedSeconds: 0 },
      { funding: [], segments: [] },
    )
    const supplement = {
      callId: RECORD.callId,
      tenantId: RECORD.tenantId,
      endedAt: RECORD.endedAt,
      endCause: 'callee-hung-up',
      chargedSeconds: 86,
      chargeMicros: micros(0n),
      details: DETAILS,
    }
    expect(tell(silent)).toContain('The switch fell silent, so the call was closed')
    const late = tell(silent, 'en', supplement)
    expect(late).toContain('The called person hung up')
    expect(late).toContain('answered at 09:12:15 and lasted 1 min 26 s (86 s)')
    expect(late).toContain('first closed as of 09:13:41 with 0 s and CA$0.00; its end arrived later')
  })

  test('C8: every end cause is in words, and one that we do not know is printed as given', () => {
    const causes = [
      'caller-hung-up',
      'callee-hung-up',
      'funds-exhausted',
      'credit-limit-reached',
      'switch-silent',
      'no-answer',
      'cut-by-admin',
      'busy',
      'cancelled',
      'failed',
    ]
    for (const language of LANGUAGES) {
      for (const endCause of causes) expect(tell({ ...RECORD, endCause }, language)).not.toMatch(/[“«]/)
      for (const endCause of ['Q.850;cause=42', 'toString']) {
        expect(tell({ ...RECORD, endCause }, language)).toMatch(/[“«].*(Q\.850;cause=42|toString).*[”»]/)
      }
    }
  })

  test('C7: every refusal has its sentence and what to do about it, in both languages', () => {
    for (const language of LANGUAGES) {
      for (const refusalCode of Object.keys(REFUSALS) as RefusalCode[]) {
        const record = ended(
          { result: 'refused', refusalCode, endCause: refusalCode, answeredAt: null, chargedSeconds: 0 },
          { funding: [], segments: [], charged: false, rate: null },
        )
        const { sentences, rounding, rate, funding } = explain(withSupplement(record, null), TORONTO, language)
        expect(sentences).toContain(REFUSALS[refusalCode].title[language])
        expect(sentences).toHaveLength(5)
        expect({ rate, funding, sources: rounding.sources }).toEqual({ rate: null, funding: [], sources: [] })
        expect(rounding.sentence).not.toBe('')
      }
    }
  })

  test('A21: a call that went on says where it went, after what, and what was in the way', () => {
    const inbound = (onward: Onward) =>
      ended({ direction: 'in', classification: 'inbound', callingNumber: '+14155550100' }, { funding: [], onward })
    const userId = RECORD.userId ?? ('' as UserId)
    const hugo = { to: 'user', userId, name: 'Hugo Roy' } as const
    expect(tell(inbound(hugo))).toContain('It was for Maya Tremblay.\nIt was forwarded to Hugo Roy.')
    expect(tell(inbound({ ...hugo, after: 'busy' }), 'fr')).toContain(
      'Le téléphone de l’utilisateur était occupé : l’appel a été renvoyé vers Hugo Roy.',
    )
    expect(tell(inbound({ to: 'number', number: '+15145550123', after: 'no-answer' }))).toContain(
      'Nobody answered at the user’s own telephone, so it was forwarded to +15145550123.',
    )
    for (const obstacle of FORWARDING_OBSTACLES) {
      expect(tell(inbound({ ...hugo, obstacle }))).toContain('It was forwarded to Hugo Roy.\nIt went no further: ')
      expect(tell(inbound({ to: 'own-telephone', obstacle }), 'fr')).toMatch(
        /a sonné au téléphone de l’utilisateur : ./,
      )
    }
  })

  test('L1, L4, C5: free calls say why they are free; own-trunk calls say who bills them', () => {
    const free = { charged: false, pool: null, funding: [], segments: [], rate: null }
    const internal = ended({ classification: 'internal' }, { ...free, reason: { code: 'own-number' } })
    expect(tell(internal)).toContain('internal, free, and needs no licence')
    const emergency = ended(
      { classification: 'emergency', calledNumber: '911' },
      { ...free, reason: { code: 'emergency-number' } },
    )
    expect(tell(emergency, 'fr')).toContain('jamais facturé ni retardé')
    expect(tell(ended({}, free))).toContain('your own trunk')
    expect(tell(internal)).not.toContain('trunk')
    const unanswered = ended({ answeredAt: null, chargedSeconds: 0, endCause: 'busy' }, { funding: [], segments: [] })
    expect(tell(unanswered)).toContain('No talking time was reported, so nothing was charged.')
  })

  test('W2: a call in to a toll-free number names the caller and who it was for', () => {
    const incoming = ended(
      {
        direction: 'in',
        userId: null,
        callingNumber: null,
        calledNumber: '+18005550100',
        classification: 'toll-free-in',
      },
      { reason: { code: 'own-toll-free-number' }, pool: null },
    )
    expect(tell(incoming)).toMatch(
      /^A caller who withheld the number called your number \+18005550100 on .*\nIt was for Maya/,
    )
    expect(tell(incoming)).toContain('Communications Credits pay for it')
  })

  const REASONS: readonly Reason[] = [
    { code: 'same-country', country: country('CA') },
    { code: 'us-and-canada', country: country('US'), location: country('CA') },
    { code: 'us-includes-puerto-rico', country: country('PR'), location: country('US') },
    { code: 'area-code-abroad', areaCode: '876', country: country('JM') },
    { code: 'crown-dependency', country: country('JE'), location: country('GB') },
    { code: 'other-country', country: country('DE'), location: country('CA') },
    { code: 'toll-free-number', country: null },
    { code: 'premium-number', country: country('GB') },
    { code: 'shared-cost-number', country: country('GB') },
    { code: 'satellite-number' },
    { code: 'country-unknown', areaCode: '500' },
    { code: 'emergency-number' },
    { code: 'own-number' },
    { code: 'user-number' },
    { code: 'service-number' },
    { code: 'own-toll-free-number' },
    { code: 'conference' },
    { code: 'not-classified' },
  ]

  test('A1: every sentence is whole, and French keeps its typography', () => {
    for (const reason of REASONS) {
      for (const direction of ['out', 'in', 'conference-out'] as const) {
        for (const record of [
          ended({ direction }, { reason }),
          { ...SPLIT, direction, details: { ...SPLIT.details, reason } },
        ]) {
          for (const language of LANGUAGES) {
            const { sentences } = explain(withSupplement(record, null), TORONTO, language)
            for (const sentence of sentences) expect(sentence).toMatch(/^[+\p{Lu}\d].*\.$/u)
            expect(sentences.join(' ')).not.toMatch(/undefined|null|\[object|'/)
            if (language === 'fr') expect(sentences.join(' ')).not.toMatch(/ [:;!?»]|« /)
          }
        }
      }
    }
  })
})
