/**
 * The carrier that ships with Ringfence, for demos, sandboxes and tests. It asks nobody. What it does is told by how the account number
 * ends; docs/operating.md lists the same. All others are approved.
 */
import { dayOf, type LocalDay } from '../core/local-day.ts'
import { OTHER_DATE_BUSINESS_DAYS, transferAt } from '../core/port-order.ts'
import { PORT_REJECTIONS, type PortRejection, type RejectionReason } from '../core/port-rejection.ts'
import { addUsBusinessDays } from '../core/us-business-day.ts'
import type { CarrierAnswer, PortCarrier, PortSubmission } from './carrier.ts'

export const SIMULATED_CARRIER = 'simulated'

/** The last two digits of an account number → why it is rejected. */
export const REJECTED_ENDINGS: Readonly<Record<string, readonly [RejectionReason, ...RejectionReason[]]>> = {
  '01': ['account-number'],
  '02': ['billing-number'],
  '03': ['name-or-address'],
  '04': ['pin'],
  '05': ['frozen'],
  '06': ['pending-order'],
  '07': ['number-not-there'],
  '08': ['letter'],
  '09': ['account-number', 'name-or-address'],
}
/** An account that ends so is answered after fifteen business days, not three. */
export const SLOW_ENDING = '99'

const CONTACT_AFTER = 1
const ANSWER_AFTER = 3
const SLOW_ANSWER_AFTER = 15

const businessDayAfter = ({ submittedAt, timeZone }: PortSubmission, days: number): LocalDay =>
  addUsBusinessDays(dayOf(submittedAt, timeZone), days)

export const simulatedCarrier: PortCarrier = {
  name: SIMULATED_CARRIER,
  isSimulated: true,
  async ask(order, stage, now): Promise<CarrierAnswer> {
    const ending = order.accountNumber.slice(-2)
    const answerDay = businessDayAfter(order, ending === SLOW_ENDING ? SLOW_ANSWER_AFTER : ANSWER_AFTER)
    const answerAt = transferAt(answerDay, order.timeZone)
    if (stage === 'processing') {
      const contactAt = transferAt(businessDayAfter(order, CONTACT_AFTER), order.timeZone)
      if (now < contactAt) return { result: 'waiting', askAt: contactAt }
      return { result: 'contacting', reference: `SIM-${order.submissionKey.slice(-10)}`, askAt: answerAt }
    }
    if (now < answerAt) return { result: 'waiting', askAt: answerAt }
    const [first, ...more] = (REJECTED_ENDINGS[ending] ?? []).map(
      (reason): PortRejection => ({ reason, words: PORT_REJECTIONS[reason].words }),
    )
    if (first) return { result: 'rejected', rejections: [first, ...more] }
    const earliest = addUsBusinessDays(answerDay, OTHER_DATE_BUSINESS_DAYS)
    const isLater = order.transferDate > earliest
    const day = isLater ? order.transferDate : earliest
    return { result: 'approved', focAt: transferAt(day, order.timeZone) }
  },
  // Both are agreed to.
  changeDate: async () => undefined,
  cancel: async () => undefined,
}
