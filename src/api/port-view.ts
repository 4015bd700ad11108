/** A port order as it is shown: with its numbers' verdicts, what is missing, and what can be done now (N5). */

import { z } from 'zod'
import { openPin } from '../access/port-pin.ts'
import type { Vault } from '../access/vault.ts'
import { simulatedCarrier } from '../carriers/simulated.ts'
import { addressLines, areaMatches } from '../core/emergency-address.ts'
import { formatId } from '../core/ids.ts'
import { dayOf, type LocalDay } from '../core/local-day.ts'
import { locationNeeded } from '../core/number.ts'
import {
  blocksPort,
  checkPort,
  PORT_ISSUE_CODES,
  PORT_ISSUES,
  PORT_STEPS,
  type PortFacts,
  type PortIssue,
} from '../core/port-check.ts'
import { PORT_NUMBER_FAULTS, type PortNumberFault, portNumberFault } from '../core/port-number.ts'
import {
  CONTACT_USED,
  dateRange,
  FIRST_DATE_BUSINESS_DAYS,
  numberTypeOf,
  ORGANISATION_USED,
  OTHER_DATE_BUSINESS_DAYS,
  PORT_ACTIONS,
  PORT_EVENTS,
  PORT_KINDS,
  PORT_STATUSES,
  PORT_TYPES,
  portActions,
  usedAccount,
  usedText,
} from '../core/port-order.ts'
import { PORT_REJECTIONS, REJECTION_REASONS } from '../core/port-rejection.ts'
import { PORT_ISSUE_WORDS, PORT_NUMBER_WORDS } from '../core/port-words.ts'
import type { Language } from '../core/problems.ts'
import { formatInstant, type Instant } from '../core/time.ts'
import type { Queryable } from '../store/db.ts'
import { findLocation, listLocations } from '../store/emergency-location.ts'
import {
  findPortLetter,
  type ListedPort,
  type PortLetter,
  type PortNumber,
  type PortOrderRow,
  portNumberPlaces,
  portNumbers,
  portSteps,
} from '../store/port-order.ts'
import type { TenantRow } from '../store/tenant.ts'
import { timeOut } from './contract.ts'

const orderMembers = {
  id: z.string(),
  reference: z.string(),
  status: z.enum(PORT_STATUSES),
  actions: z.array(z.enum(PORT_ACTIONS)).meta({ description: 'What can be done now (facts §11.2)' }),
  version: z.number().int(),
  simulated: z.boolean().nullable().meta({ description: 'A simulated carrier answers; null: not sent yet' }),
  name: z.string(),
  country: z.string(),
  type: z.enum(PORT_TYPES),
  kind: z.enum(PORT_KINDS),
  carrier: z.string(),
  numberCount: z.number().int(),
  replacedCount: z.number().int(),
  hasLetter: z.boolean(),
  hasPin: z.boolean(),
  transferDate: z.string().nullable().meta({ description: 'As it was wished for' }),
  transferAt: timeOut.nullable().meta({ description: 'As the carrier has committed itself (FOC)' }),
  rejections: z.array(
    z.object({
      reason: z.enum(REJECTION_REASONS),
      words: z.string().meta({ description: 'The carrier’s own' }),
      means: z.string(),
      field: z.string(),
    }),
  ),
  submittedAt: timeOut.nullable(),
  endedAt: timeOut.nullable(),
  createdAt: timeOut,
  createdBy: z.string(),
}

export const portOrderOut = z.object(orderMembers).meta({ id: 'PortOrder' })

const issueOut = z.object({
  issue: z.enum(PORT_ISSUE_CODES),
  field: z.string(),
  step: z.enum(PORT_STEPS),
  blocks: z.boolean().meta({ description: 'False: it can be sent, and is likely to be rejected' }),
  text: z.string(),
})

export const portDetailOut = z
  .object({
    ...orderMembers,
    notify: z.string(),
    accountNumber: z.string(),
    accountNumberUsed: z.string(),
    organisation: z.string(),
    organisationUsed: z.string(),
    contact: z.string(),
    contactUsed: z.string(),
    billingNumber: z.string().nullable(),
    serviceAddress: z
      .object({
        country: z.string(),
        houseNumber: z.string(),
        street: z.string(),
        locality: z.string(),
        city: z.string(),
        region: z.string(),
        postalCode: z.string(),
      })
      .nullable(),
    serviceAddressLines: z.array(z.string()),
    unfrozen: z.boolean(),
    locationId: z.string().nullable(),
    locationName: z.string().nullable(),
    needsLocation: z.boolean(),
    dates: z
      .object({ first: z.string(), last: z.string() })
      .meta({ description: 'Between these a transfer can be wished for now: US business days' }),
    numbers: z.array(
      z.object({
        number: z.string(),
        fault: z.enum(PORT_NUMBER_FAULTS).nullable(),
        text: z.string().nullable(),
        replaces: z.string().nullable().meta({ description: 'A temporary number whose place it takes' }),
      }),
    ),
    leftOut: z.array(
      z.object({
        line: z.number().int(),
        given: z.string(),
        fault: z.enum(PORT_NUMBER_FAULTS),
        text: z.string(),
      }),
    ),
    letter: z
      .object({ fileName: z.string(), bytes: z.number().int(), uploadedAt: timeOut, uploadedBy: z.string() })
      .nullable(),
    issues: z
      .array(issueOut)
      .meta({ description: 'Of an order that can be sent: what stops it, and likely rejections' }),
    history: z.array(
      z.object({
        at: timeOut,
        event: z.enum([...PORT_EVENTS, 'edit', 'number', 'letter']),
        status: z.enum(PORT_STATUSES),
        actor: z.string(),
        transferAt: timeOut.nullable(),
        rejections: z.array(z.object({ reason: z.enum(REJECTION_REASONS), words: z.string() })),
      }),
    ),
  })
  .meta({ id: 'PortOrderDetail' })

const timeOrNull = (at: Instant | null): string | null => (at === null ? null : formatInstant(at))

export const portToWire = (
  row: PortOrderRow & Pick<ListedPort, 'numbers' | 'replaced' | 'hasLetter'>,
  language: Language,
): z.input<typeof portOrderOut> => ({
  id: formatId('portOrder', row.orderId),
  reference: `PO-${row.reference}`,
  status: row.status,
  actions: [...portActions(row.status)],
  version: row.version,
  simulated: row.adapter === null ? null : row.adapter === simulatedCarrier.name,
  name: row.name,
  country: row.country,
  type: row.type,
  kind: row.kind,
  carrier: row.carrier,
  numberCount: row.numbers,
  replacedCount: row.replaced,
  hasLetter: row.hasLetter,
  hasPin: row.pin !== null,
  transferDate: row.transferDate,
  transferAt: timeOrNull(row.focAt),
  rejections: row.rejections.map(({ reason, words }) => ({
    reason,
    words,
    means: PORT_REJECTIONS[reason].means[language],
    field: PORT_REJECTIONS[reason].field,
  })),
  submittedAt: timeOrNull(row.submittedAt),
  endedAt: timeOrNull(row.endedAt),
  createdAt: formatInstant(row.createdAt),
  createdBy: row.createdBy,
})

/** All that there is to know about an order, read at once. */
export interface PortDossier {
  readonly order: PortOrderRow
  readonly numbers: readonly PortNumber[]
  readonly letter: PortLetter | null
  /** Of the order's numbers that cannot be ported (any more). */
  readonly faults: ReadonlyMap<string, PortNumberFault>
  readonly issues: readonly PortIssue[]
  readonly locationName: string | null
  readonly needsLocation: boolean
  readonly today: LocalDay
}

/** Orders are checked as long as they can be sent. */
const canBeSent = ({ status }: PortOrderRow): boolean =>
  status === 'draft' || status === 'error' || status === 'cancelled'

export async function readDossier(
  db: Queryable,
  vault: Vault,
  tenant: TenantRow,
  order: PortOrderRow,
  now: Instant,
): Promise<PortDossier> {
  const numbers = await portNumbers(db, order.orderId)
  const letter = await findPortLetter(db, order.orderId)
  const today = dayOf(now, tenant.timeZone)
  const location = order.locationId === null ? null : await findLocation(db, order.tenantId, order.locationId)
  const needsLocation = locationNeeded(order.country, numberTypeOf(order.type)) === 'at-acquisition'
  const base = { order, numbers, letter, needsLocation, today, locationName: location?.name ?? null }
  if (!canBeSent(order)) return { ...base, faults: new Map(), issues: [] }
  const digits = numbers.map(({ number }) => number)
  const faults = new Map<string, PortNumberFault>(await portNumberPlaces(db, order, digits))
  for (const number of digits) {
    const fault = portNumberFault(number, order.country, order.type)
    if (fault) faults.set(number, fault)
  }
  const isThere =
    location !== null &&
    location.address.country === order.country &&
    digits.every((number) => areaMatches(number, location.address))
  const locations = await listLocations(db, order.tenantId, { limit: 200, after: null, country: null })
  const facts: PortFacts = {
    ...order,
    hasPin: order.pin !== null,
    isPinPlain: /^\d{4,10}$/.test(openPin(vault, order.orderId, order.pin) ?? ''),
    isUnfrozen: order.unfrozen,
    numbers: digits,
    faults: faults.size + order.leftOut.length,
    hasLetter: letter !== null,
    location: location === null ? (needsLocation ? 'missing' : 'not-needed') : isThere ? 'there' : 'elsewhere',
    tenantName: tenant.name,
    emergencyAddresses: locations.map(({ address }) => address),
    today,
  }
  return { ...base, faults, issues: checkPort(facts) }
}

export const blockingIssues = ({ issues }: PortDossier): readonly PortIssue[] => issues.filter(blocksPort)

export const issueToWire = (issue: PortIssue, language: Language): z.input<typeof issueOut> => ({
  issue,
  ...PORT_ISSUES[issue],
  text: PORT_ISSUE_WORDS[issue][language],
})

export async function detailToWire(
  db: Queryable,
  dossier: PortDossier,
  language: Language,
): Promise<z.input<typeof portDetailOut>> {
  const { order, numbers, letter, faults, issues, today } = dossier
  const replaced = numbers.filter(({ replaces }) => replaces !== null).length
  const counts = { numbers: numbers.length, replaced, hasLetter: letter !== null }
  const isNew = order.status !== 'transfer-approved'
  const steps = await portSteps(db, order.orderId)
  return {
    ...portToWire({ ...order, ...counts }, language),
    notify: order.notify.join('; '),
    accountNumber: order.accountNumber,
    accountNumberUsed: usedAccount(order.accountNumber),
    organisation: order.organisation,
    organisationUsed: usedText(order.organisation, ORGANISATION_USED),
    contact: order.contact,
    contactUsed: usedText(order.contact, CONTACT_USED),
    billingNumber: order.billingNumber,
    serviceAddress: order.serviceAddress && { ...order.serviceAddress },
    serviceAddressLines: order.serviceAddress === null ? [] : addressLines(order.serviceAddress),
    unfrozen: order.unfrozen,
    locationId: order.locationId === null ? null : formatId('location', order.locationId),
    locationName: dossier.locationName,
    needsLocation: dossier.needsLocation,
    dates: dateRange(today, isNew ? FIRST_DATE_BUSINESS_DAYS : OTHER_DATE_BUSINESS_DAYS),
    numbers: numbers.map(({ number, replaces }) => {
      const fault = faults.get(number) ?? null
      return { number, replaces, fault, text: fault === null ? null : PORT_NUMBER_WORDS[fault][language] }
    }),
    leftOut: order.leftOut.flatMap(({ line, text, fault }) =>
      fault === null ? [] : [{ line, given: text, fault, text: PORT_NUMBER_WORDS[fault][language] }],
    ),
    letter: letter && {
      fileName: letter.fileName,
      bytes: letter.bytes,
      uploadedAt: formatInstant(letter.uploadedAt),
      uploadedBy: letter.uploadedBy,
    },
    issues: issues.map((issue) => issueToWire(issue, language)),
    history: steps.map((step) => ({
      at: formatInstant(step.at),
      event: step.event,
      status: step.status,
      actor: step.actor,
      transferAt: timeOrNull(step.focAt),
      rejections: [...step.rejections],
    })),
  }
}
