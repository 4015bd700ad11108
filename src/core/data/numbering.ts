/**
 * What the metadata of libphonenumber does not say, or says only for numbers that are in service today. A number that is
 * not (a fictional 555 number, a block opened last week) still belongs to a country and may still be a premium number.
 */
import type { NumberKind } from '../numbering.ts'

/** NANP codes of the 8xx family that are in service as toll-free (N1). 822 and 880–887 are reserved: nobody is called there. */
export const NANP_TOLL_FREE: readonly string[] = ['800', '833', '844', '855', '866', '877', '888']

/** NANP premium: the caller pays what the called party asks. */
export const NANP_PREMIUM: readonly string[] = ['900']

/**
 * Calling codes that are shared by several countries: national prefixes that decide where libphonenumber knows only the
 * numbers in service, or nothing. Longest first does not matter here: no prefix begins another.
 *
 * +44: the Crown dependencies are not the United Kingdom (P4). Geographic codes and mobile blocks by Ofcom's National
 * Telephone Numbering Plan; libphonenumber counts 7924 to GB although it is Manx.
 */
export const COUNTRY_BY_PREFIX: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  '44': {
    JE: ['1534', '7509', '7797', '7829', '7937', '77003', '77007', '77008'],
    GG: ['1481', '7781', '7839', '79111', '79117'],
    IM: ['1624', '7524', '7624', '7924', '74576'],
  },
  '61': { CC: ['89162'], CX: ['89164'] },
  '262': { YT: ['269', '639'] },
}

/**
 * Kinds that a national prefix decides by itself, before libphonenumber is asked.
 *
 * +44: 084 and 087 are shared-cost service numbers (the metadata says premium). 070 are "personal" numbers: they look like
 * mobiles, cost more and are a favourite of fraud, so they are premium.
 */
export const KIND_BY_PREFIX: Readonly<Record<string, Readonly<Partial<Record<NumberKind, readonly string[]>>>>> = {
  '44': {
    premium: ['9', '70'],
    'shared-cost': ['84', '87'],
    'toll-free': ['500', '800', '808'],
  },
}

/**
 * Calling codes of no country (ITU-T E.164.1). 870 is Inmarsat, 881 the other satellite systems; 882 and 883 are
 * "international networks", most of them satellite, maritime and aeronautical, priced alike. 800 is universal freephone,
 * 808 universal shared cost, 979 universal premium; 878 (personal numbers) and 888 (disaster relief) are sold only by name.
 */
export const KIND_OF_GLOBAL_CODE: Readonly<Record<string, NumberKind>> = {
  '800': 'toll-free',
  '808': 'shared-cost',
  '870': 'satellite',
  '878': 'premium',
  '881': 'satellite',
  '882': 'satellite',
  '883': 'satellite',
  '888': 'premium',
  '979': 'premium',
}

/** Numbering plans of regions that have a calling code of their own and no ISO 3166-1 code: Ascension, Tristan da Cunha. */
export const ISO_COUNTRY_OF_REGION: Readonly<Record<string, string>> = { AC: 'SH', TA: 'SH' }
