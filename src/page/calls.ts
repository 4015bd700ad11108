/** Calls in progress, whose seconds the page counts by itself between two snapshots. */
import { h, part } from './dom.ts'
import { clockTime, fundName, fundOf, type Speech } from './format.ts'
import type { LiveCall, Overview } from './wire.ts'

export interface CallsCard {
  readonly element: HTMLElement
  /** Shows the time `passedSeconds` after the snapshot. */
  tick(passedSeconds: number): void
}

export function callsCard(overview: Overview, speech: Speech): CallsCard {
  const { say } = speech
  const rows = overview.calls.map((call) => callRow(call, speech))
  const caller = overview.tenant.sandbox ? 'alice' : 'maya'
  const element = h(
    'section.card.calls',
    { 'aria-labelledby': 'calls' },
    h('h2', { id: 'calls' }, say.calls, ' ', h('span.count.tnum', null, speech.number(rows.length))),
    rows.length > 0
      ? h('ul.plain', null, ...rows.map((row) => row.element))
      : h(
          'div.empty',
          null,
          h('p', null, say.noCalls),
          h('p.small', null, say.tryCall),
          h('code', null, `npm run call -- --from ${caller} --to +442071838750 --seconds 600`),
        ),
  )
  // A sandbox whose clock stands has no seconds that pass by themselves.
  const tick = (passed: number): void => {
    if (!overview.clockStands) for (const row of rows) row.tick(passed)
  }
  return { element, tick }
}

function callRow(call: LiveCall, { say }: Speech) {
  const elapsed = h('strong.tnum', null, clockTime(call.elapsedSeconds))
  const secured = h('strong.tnum', null, call.grant ? clockTime(call.grant.remainingSeconds) : say.noLease)
  const source = call.grant?.source ?? null
  const fund = fundOf(source)
  const name = call.grant && source === null ? say.nothingGranted : fundName(source, say)
  const granted = Math.max(1, call.grant?.grantedSeconds ?? 1)
  const left = part('used', (call.grant?.remainingSeconds ?? 0) / granted)
  const column = (label: string, ...value: Node[]) => h('div.cell', null, h('span.small.muted', null, label), ...value)
  const element = h(
    'li.call',
    { 'data-call': call.callId },
    h(
      'div.who',
      null,
      h('strong', null, call.userName ?? call.callingNumber ?? say.someone),
      h('span.muted', null, `→ ${call.calledNumber} · ${say.classes[call.classification] ?? call.classification}`),
    ),
    column(say.paidBy, h('span.fund', { 'data-fund': fund }, h('span', { class: `swatch ${fund} used` }), name)),
    column(say.inProgress, elapsed),
    column(
      say.secured,
      secured,
      ...(call.grant ? [h('span', { class: `bar mini ${fund}`, 'aria-hidden': 'true' }, left)] : []),
    ),
  )
  return {
    element,
    tick(passed: number): void {
      elapsed.textContent = clockTime(call.elapsedSeconds + passed)
      if (!call.grant) return
      const remaining = Math.max(0, call.grant.remainingSeconds - passed)
      secured.textContent = clockTime(remaining)
      left.style.flexBasis = `${(remaining / granted) * 100}%`
    },
  }
}

/** One polite sentence when a call starts, ends, or is paid by somebody else; never for a second that passes. */
export function sentenceAbout(before: Overview | null, now: Overview, { say }: Speech): string | null {
  const fundOfCall = (call: LiveCall): string => fundName(call.grant?.source ?? null, say)
  const changed = now.calls.filter((call) => {
    const known = before?.calls.find((other) => other.callId === call.callId)
    return known && fundOfCall(known) !== fundOfCall(call)
  })
  if (changed.length > 0) {
    return changed.map((call) => say.saidPaid(call.userName ?? call.calledNumber, fundOfCall(call))).join(' ')
  }
  return before && before.calls.length !== now.calls.length ? say.saidCalls(now.calls.length) : null
}
