/**
 * Where voice licences are sold, and what the plans reach. Names are those that customers see in both languages; a country
 * that is not here is named by the runtime. A row says what was known when the catalogue was drawn up: `tollFree: 'unknown'`
 * means that nothing was found either way, not that there is none.
 */

/** Is a toll-free service number known to be available there? */
export type TollFreeAvailability = 'yes' | 'unknown'

export interface CountryRow {
  /** ISO 3166-1 alpha-2. */
  readonly iso: string
  readonly en: string
  readonly fr: string
  /** Zone A of conference dial-out. */
  readonly zoneA: boolean
  readonly tollFree: TollFreeAvailability
}

export interface PlanCountryRow extends CountryRow {
  /** Minutes of the Domestic Calling Plan per assigned licence and calendar month (P1). */
  readonly domesticMinutes: number
}

/** L2: sold with a Calling Plan, bought directly, set up by the Getting Started wizard. */
export const WITH_CALLING_PLAN: readonly PlanCountryRow[] = [
  { iso: 'CA', en: 'Canada', fr: 'Canada', domesticMinutes: 3000, zoneA: true, tollFree: 'yes' },
  { iso: 'GB', en: 'United Kingdom', fr: 'Royaume-Uni', domesticMinutes: 1200, zoneA: true, tollFree: 'yes' },
  { iso: 'US', en: 'United States', fr: 'États-Unis', domesticMinutes: 3000, zoneA: true, tollFree: 'yes' },
]

/** L2: sold without a Calling Plan, through a partner, calls over the tenant's own carrier. */
export const WITHOUT_CALLING_PLAN: readonly CountryRow[] = [
  { iso: 'AR', en: 'Argentina', fr: 'Argentine', zoneA: false, tollFree: 'yes' },
  { iso: 'AT', en: 'Austria', fr: 'Autriche', zoneA: true, tollFree: 'unknown' },
  { iso: 'BE', en: 'Belgium', fr: 'Belgique', zoneA: true, tollFree: 'yes' },
  { iso: 'BA', en: 'Bosnia & Herzegovina', fr: 'Bosnie-Herzégovine', zoneA: false, tollFree: 'yes' },
  { iso: 'BR', en: 'Brazil', fr: 'Brésil', zoneA: true, tollFree: 'yes' },
  { iso: 'BG', en: 'Bulgaria', fr: 'Bulgarie', zoneA: true, tollFree: 'yes' },
  { iso: 'CL', en: 'Chile', fr: 'Chili', zoneA: false, tollFree: 'yes' },
  { iso: 'CO', en: 'Colombia', fr: 'Colombie', zoneA: false, tollFree: 'yes' },
  { iso: 'CR', en: 'Costa Rica', fr: 'Costa Rica', zoneA: false, tollFree: 'unknown' },
  { iso: 'HR', en: 'Croatia', fr: 'Croatie', zoneA: true, tollFree: 'yes' },
  { iso: 'CY', en: 'Cyprus', fr: 'Chypre', zoneA: false, tollFree: 'yes' },
  { iso: 'CZ', en: 'Czech Republic', fr: 'République tchèque', zoneA: true, tollFree: 'unknown' },
  { iso: 'DK', en: 'Denmark', fr: 'Danemark', zoneA: true, tollFree: 'yes' },
  { iso: 'DO', en: 'Dominican Republic', fr: 'République dominicaine', zoneA: false, tollFree: 'unknown' },
  { iso: 'EC', en: 'Ecuador', fr: 'Équateur', zoneA: false, tollFree: 'yes' },
  { iso: 'EG', en: 'Egypt', fr: 'Égypte', zoneA: false, tollFree: 'yes' },
  { iso: 'EE', en: 'Estonia', fr: 'Estonie', zoneA: true, tollFree: 'yes' },
  { iso: 'FI', en: 'Finland', fr: 'Finlande', zoneA: true, tollFree: 'yes' },
  { iso: 'FR', en: 'France', fr: 'France', zoneA: true, tollFree: 'yes' },
  { iso: 'DE', en: 'Germany', fr: 'Allemagne', zoneA: true, tollFree: 'yes' },
  { iso: 'GR', en: 'Greece', fr: 'Grèce', zoneA: true, tollFree: 'unknown' },
  { iso: 'HK', en: 'Hong Kong SAR', fr: 'Hong Kong (R.A.S.)', zoneA: true, tollFree: 'yes' },
  { iso: 'HU', en: 'Hungary', fr: 'Hongrie', zoneA: true, tollFree: 'yes' },
  { iso: 'ID', en: 'Indonesia', fr: 'Indonésie', zoneA: false, tollFree: 'yes' },
  { iso: 'IE', en: 'Ireland', fr: 'Irlande', zoneA: true, tollFree: 'yes' },
  { iso: 'IL', en: 'Israel', fr: 'Israël', zoneA: false, tollFree: 'yes' },
  { iso: 'IT', en: 'Italy', fr: 'Italie', zoneA: true, tollFree: 'unknown' },
  { iso: 'JP', en: 'Japan', fr: 'Japon', zoneA: true, tollFree: 'yes' },
  { iso: 'JO', en: 'Jordan', fr: 'Jordanie', zoneA: false, tollFree: 'unknown' },
  { iso: 'KE', en: 'Kenya', fr: 'Kenya', zoneA: false, tollFree: 'yes' },
  { iso: 'LV', en: 'Latvia', fr: 'Lettonie', zoneA: false, tollFree: 'unknown' },
  { iso: 'LT', en: 'Lithuania', fr: 'Lituanie', zoneA: false, tollFree: 'unknown' },
  { iso: 'LU', en: 'Luxembourg', fr: 'Luxembourg', zoneA: true, tollFree: 'yes' },
  { iso: 'MY', en: 'Malaysia', fr: 'Malaisie', zoneA: true, tollFree: 'yes' },
  { iso: 'MT', en: 'Malta', fr: 'Malte', zoneA: false, tollFree: 'unknown' },
  { iso: 'MX', en: 'Mexico', fr: 'Mexique', zoneA: true, tollFree: 'yes' },
  { iso: 'MC', en: 'Monaco', fr: 'Monaco', zoneA: false, tollFree: 'yes' },
  { iso: 'NL', en: 'Netherlands', fr: 'Pays-Bas', zoneA: true, tollFree: 'yes' },
  { iso: 'NZ', en: 'New Zealand', fr: 'Nouvelle-Zélande', zoneA: true, tollFree: 'unknown' },
  { iso: 'NO', en: 'Norway', fr: 'Norvège', zoneA: true, tollFree: 'unknown' },
  { iso: 'PA', en: 'Panama', fr: 'Panama', zoneA: false, tollFree: 'yes' },
  { iso: 'PY', en: 'Paraguay', fr: 'Paraguay', zoneA: false, tollFree: 'yes' },
  { iso: 'PE', en: 'Peru', fr: 'Pérou', zoneA: false, tollFree: 'yes' },
  { iso: 'PH', en: 'Philippines', fr: 'Philippines', zoneA: false, tollFree: 'yes' },
  { iso: 'PL', en: 'Poland', fr: 'Pologne', zoneA: true, tollFree: 'yes' },
  { iso: 'PT', en: 'Portugal', fr: 'Portugal', zoneA: true, tollFree: 'yes' },
  { iso: 'PR', en: 'Puerto Rico', fr: 'Porto Rico', zoneA: true, tollFree: 'yes' },
  { iso: 'QA', en: 'Qatar', fr: 'Qatar', zoneA: false, tollFree: 'yes' },
  { iso: 'RO', en: 'Romania', fr: 'Roumanie', zoneA: true, tollFree: 'yes' },
  { iso: 'RU', en: 'Russia', fr: 'Russie', zoneA: true, tollFree: 'unknown' },
  { iso: 'RS', en: 'Serbia', fr: 'Serbie', zoneA: false, tollFree: 'yes' },
  { iso: 'SG', en: 'Singapore', fr: 'Singapour', zoneA: true, tollFree: 'yes' },
  { iso: 'SK', en: 'Slovakia', fr: 'Slovaquie', zoneA: true, tollFree: 'yes' },
  { iso: 'SI', en: 'Slovenia', fr: 'Slovénie', zoneA: true, tollFree: 'yes' },
  { iso: 'ZA', en: 'South Africa', fr: 'Afrique du Sud', zoneA: true, tollFree: 'yes' },
  { iso: 'KR', en: 'South Korea', fr: 'Corée du Sud', zoneA: true, tollFree: 'yes' },
  { iso: 'ES', en: 'Spain', fr: 'Espagne', zoneA: true, tollFree: 'yes' },
  { iso: 'LK', en: 'Sri Lanka', fr: 'Sri Lanka', zoneA: false, tollFree: 'unknown' },
  { iso: 'SE', en: 'Sweden', fr: 'Suède', zoneA: true, tollFree: 'yes' },
  { iso: 'CH', en: 'Switzerland', fr: 'Suisse', zoneA: true, tollFree: 'unknown' },
  { iso: 'TW', en: 'Taiwan', fr: 'Taïwan', zoneA: true, tollFree: 'yes' },
  { iso: 'TH', en: 'Thailand', fr: 'Thaïlande', zoneA: true, tollFree: 'yes' },
  { iso: 'TT', en: 'Trinidad and Tobago', fr: 'Trinité-et-Tobago', zoneA: false, tollFree: 'unknown' },
  { iso: 'TR', en: 'Turkey', fr: 'Turquie', zoneA: false, tollFree: 'yes' },
  { iso: 'UA', en: 'Ukraine', fr: 'Ukraine', zoneA: false, tollFree: 'unknown' },
  { iso: 'AE', en: 'United Arab Emirates', fr: 'Émirats arabes unis', zoneA: false, tollFree: 'yes' },
  { iso: 'UY', en: 'Uruguay', fr: 'Uruguay', zoneA: false, tollFree: 'yes' },
  { iso: 'VE', en: 'Venezuela', fr: 'Venezuela', zoneA: false, tollFree: 'yes' },
  { iso: 'VN', en: 'Vietnam', fr: 'Vietnam', zoneA: false, tollFree: 'yes' },
]

/** Zone A countries where no voice licence is sold: a conference may dial them all the same. */
export const ZONE_A_ONLY: readonly string[] = ['AU', 'CN', 'IN']

/**
 * P5: what the International Calling Plan reaches, from a list of 197 names. A territory is covered only by its own name, so
 * Jersey, Guernsey, the Isle of Man, Åland, Svalbard, Saint Barthélemy and Saint Martin are not; "Netherlands Antilles" is
 * today BQ, CW and SX. The caller's own country is on the list too: it is domestic, so it never comes to that.
 */
export const INTERNATIONAL_PLAN_DESTINATIONS = `
  AD AE AF AG AI AL AM AO AR AS AT AU AW AZ BA BB BD BE BF BG BH BJ BM BN BO BQ BR BS BT BW BY BZ CA CD CF CG CH CI
  CL CM CN CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FO FR GB GD GE GF GH GI GL GN GP GQ GR GT
  GU GY HK HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KM KN KR KW KY KZ LA LB LC LI LK LS LT LU LV LY MA
  MC MD ME MH MK ML MM MN MO MP MQ MS MT MU MW MX MY MZ NA NC NE NG NI NL NO NP NZ OM PA PE PF PH PK PL PM PR PS PT
  PW PY QA RE RO RS RU RW SA SD SE SG SI SK SM SN SR SV SX SY SZ TC TG TH TJ TM TR TT TW TZ UA UG US UY UZ VA VC VE
  VG VI VN WF YE YT ZA ZM ZW
`
