/** Availability (L2, G3): each of the 72 countries of facts §2.1 and ten others, in both languages, without a key. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDb } from '../../test/harness/postgres.ts'
import { aServer, type TestServer } from '../../test/harness/server.ts'

const WITHOUT_PLAN = `
  AR Argentina|Argentine
  AT Austria|Autriche
  BE Belgium|Belgique
  BA Bosnia & Herzegovina|Bosnie-Herzégovine
  BR Brazil|Brésil
  BG Bulgaria|Bulgarie
  CL Chile|Chili
  CO Colombia|Colombie
  CR Costa Rica|Costa Rica
  HR Croatia|Croatie
  CY Cyprus|Chypre
  CZ Czech Republic|République tchèque
  DK Denmark|Danemark
  DO Dominican Republic|République dominicaine
  EC Ecuador|Équateur
  EG Egypt|Égypte
  EE Estonia|Estonie
  FI Finland|Finlande
  FR France|France
  DE Germany|Allemagne
  GR Greece|Grèce
  HK Hong Kong SAR|Hong Kong (R.A.S.)
  HU Hungary|Hongrie
  ID Indonesia|Indonésie
  IE Ireland|Irlande
  IL Israel|Israël
  IT Italy|Italie
  JP Japan|Japon
  JO Jordan|Jordanie
  KE Kenya|Kenya
  LV Latvia|Lettonie
  LT Lithuania|Lituanie
  LU Luxembourg|Luxembourg
  MY Malaysia|Malaisie
  MT Malta|Malte
  MX Mexico|Mexique
  MC Monaco|Monaco
  NL Netherlands|Pays-Bas
  NZ New Zealand|Nouvelle-Zélande
  NO Norway|Norvège
  PA Panama|Panama
  PY Paraguay|Paraguay
  PE Peru|Pérou
  PH Philippines|Philippines
  PL Poland|Pologne
  PT Portugal|Portugal
  PR Puerto Rico|Porto Rico
  QA Qatar|Qatar
  RO Romania|Roumanie
  RU Russia|Russie
  RS Serbia|Serbie
  SG Singapore|Singapour
  SK Slovakia|Slovaquie
  SI Slovenia|Slovénie
  ZA South Africa|Afrique du Sud
  KR South Korea|Corée du Sud
  ES Spain|Espagne
  LK Sri Lanka|Sri Lanka
  SE Sweden|Suède
  CH Switzerland|Suisse
  TW Taiwan|Taïwan
  TH Thailand|Thaïlande
  TT Trinidad and Tobago|Trinité-et-Tobago
  TR Turkey|Turquie
  UA Ukraine|Ukraine
  AE United Arab Emirates|Émirats arabes unis
  UY Uruguay|Uruguay
  VE Venezuela|Venezuela
  VN Vietnam|Vietnam
`

const WITH_PLAN: readonly (readonly [string, string, string, number])[] = [
  ['CA', 'Canada', 'Canada', 3000],
  ['GB', 'United Kingdom', 'Royaume-Uni', 1200],
  ['US', 'United States', 'États-Unis', 3000],
]

/** Neighbours, large ones, islands, one with a calling plan of its own elsewhere in the world, and Kosovo. */
const NOT_AVAILABLE: readonly (readonly [string, string])[] = [
  ['AU', 'Australie'],
  ['IN', 'Inde'],
  ['CN', 'Chine'],
  ['TD', 'Tchad'],
  ['SA', 'Arabie saoudite'],
  ['JE', 'Jersey'],
  ['IM', 'Île de Man'],
  ['GU', 'Guam'],
  ['IS', 'Islande'],
  ['XK', 'Kosovo'],
]

let server: TestServer
beforeAll(async () => {
  server = await aServer(await testDb())
})
afterAll(() => server.stop())

const ask = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const answer = await fetch(`${server.url}${path}`)
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

describe('L2, G3: GET /v1/availability', () => {
  test.each(WITH_PLAN)('%s with a plan', async (code, en, fr, minutes) => {
    expect((await ask(`/v1/availability/${code}`)).body).toEqual({
      country: code,
      name: { en, fr },
      licenceType: 'with-calling-plan',
      domesticMinutes: minutes,
      usersInPoolOf: null,
    })
  })

  const rows = WITHOUT_PLAN.trim()
    .split('\n')
    .map((line) => /^\s*([A-Z]{2}) ([^|]+)\|(.+)$/.exec(line)?.slice(1) ?? [])

  test('69 without', () => {
    expect(rows).toHaveLength(69)
  })

  test.each(rows)('%s without a plan, through a partner', async (code, en, fr) => {
    expect((await ask(`/v1/availability/${code}`)).body).toEqual({
      country: code,
      name: { en, fr },
      licenceType: 'without-calling-plan',
      domesticMinutes: null,
      // A13
      usersInPoolOf: code === 'PR' ? 'US' : null,
    })
  })

  test.each(NOT_AVAILABLE)('%s not at all, said plainly', async (code, fr) => {
    const { status, body } = await ask(`/v1/availability/${code}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      country: code,
      licenceType: 'not-available',
      domesticMinutes: null,
      usersInPoolOf: null,
    })
    expect(body.name).toMatchObject({ fr })
  })

  test('the list has every country once; what is none is not there', async () => {
    const data: { country: string; licenceType: string }[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const more = cursor === '' ? '' : `&cursor=${cursor}`
      const { body } = await ask(`/v1/availability?limit=100${more}`)
      data.push(...(body.data as typeof data))
      cursor = body.nextCursor as string | null
    }
    expect(data.length).toBeGreaterThan(240)
    expect(new Set(data.map(({ country }) => country)).size).toBe(data.length)
    expect(data.filter(({ licenceType }) => licenceType !== 'not-available')).toHaveLength(72)
    expect(await ask('/v1/availability/ZZ')).toMatchObject({
      status: 404,
      body: { code: 'not-found', param: 'countryCode' },
    })
  })
})
