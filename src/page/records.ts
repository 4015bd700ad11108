/** The last call records, refused ones too; each explains itself. */
import { h, part } from './dom.ts'
import { clockTime, fundName, fundOf, type Speech } from './format.ts'
import type { CallRecord, Overview } from './wire.ts'

/** The sentences of `/explanation`, in a language. */
export type Explain = (callId: string, language: string) => Promise<readonly string[]>

export interface RecordsCard {
  readonly element: HTMLElement
  update(overview: Overview): void
}

/** Rows stay as they are while new ones arrive above them, so that an open explanation is not closed by somebody else's call. */
export function recordsCard(
  speech: Speech,
  explain: Explain,
  openBefore: ReadonlySet<string>,
): RecordsCard & { open: Set<string> } {
  const { say } = speech
  const open = new Set(openBefore)
  const rows = new Map<string, HTMLElement>()
  const list = h('ol.plain.records', null)
  const empty = h('p.empty', null, say.noRecords)
  const element = h(
    'section.card',
    { 'aria-labelledby': 'records' },
    h('h2', { id: 'records' }, say.lastCalls),
    empty,
    list,
  )
  return {
    element,
    open,
    update({ records }) {
      empty.hidden = records.length > 0
      const wanted = records.map((record) => {
        const known = rows.get(record.id)
        const row = known ?? recordRow(record, speech, explain, open)
        rows.set(record.id, row)
        return row
      })
      for (const [id, row] of rows) {
        if (wanted.includes(row)) continue
        row.remove()
        rows.delete(id)
        open.delete(id)
      }
      // Moving an element that is in place would take its focus away.
      for (const [index, row] of wanted.entries()) {
        if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null)
      }
    },
  }
}

function recordRow(record: CallRecord, speech: Speech, explain: Explain, open: Set<string>): HTMLElement {
  const { say } = speech
  const from = record.userName ?? record.callingNumber ?? say.someone
  const sentences = h('div.explanation', { id: `why-${record.id}`, role: 'region', hidden: true })
  const button = h(
    'button.button',
    {
      type: 'button',
      'aria-expanded': 'false',
      'aria-controls': sentences.id,
      'aria-label': say.explainCall(say.fromTo(from, record.calledNumber)),
      onclick: () => (sentences.hidden ? show() : hide()),
    },
    say.explain,
  )
  sentences.setAttribute('aria-label', say.explainCall(say.fromTo(from, record.calledNumber)))

  function show(): void {
    open.add(record.id)
    button.setAttribute('aria-expanded', 'true')
    button.textContent = say.hide
    sentences.hidden = false
    sentences.replaceChildren(h('p.muted', null, say.loading))
    explain(record.id, speech.language).then(
      (lines) => sentences.replaceChildren(h('ul', null, ...lines.map((line) => h('li', null, line)))),
      () => sentences.replaceChildren(h('p.cut', null, say.notExplained)),
    )
  }

  function hide(): void {
    open.delete(record.id)
    button.setAttribute('aria-expanded', 'false')
    button.textContent = say.explain
    sentences.hidden = true
  }

  const row = h(
    'li.record',
    { 'data-call': record.id, class: `record ${record.result}` },
    h('div.who', null, h('strong', null, from), h('span.muted', null, `→ ${record.calledNumber}`)),
    h(
      'div.what',
      null,
      h(
        'span',
        null,
        `${say.classes[record.classification] ?? record.classification} · ${speech.moment(record.startedAt)}`,
      ),
      record.refusal
        ? h(
            'span.cut',
            null,
            `${say.refused}: ${say.refusals[record.refusal.code] ?? record.refusal.code}`.replace(
              ': ',
              speech.language === 'fr' ? '\u00a0: ' : ': ',
            ),
          )
        : h(
            'span',
            { class: record.endCause === 'funds-exhausted' ? 'cut' : 'muted' },
            say.causes[record.endCause] ?? record.endCause,
          ),
    ),
    record.result === 'refused' ? h('div.paid', null) : paid(record, speech),
    button,
    sentences,
  )
  if (open.has(record.id)) show()
  return row
}

/** Who paid how much of it: the bar of a call in small, and the same in words. */
function paid(record: CallRecord, speech: Speech): HTMLElement {
  const { say } = speech
  const total = record.funding.reduce((sum, fund) => sum + fund.seconds, 0)
  const isCut = record.endCause === 'funds-exhausted'
  const words = record.funding.map((fund) => `${fundName(fund.source, say)} ${clockTime(fund.seconds)}`)
  return h(
    'div.paid',
    null,
    h(
      'span.line',
      null,
      h('span.tnum', null, clockTime(record.chargedSeconds)),
      h('strong.tnum', null, /[1-9]/.test(record.charge.amount) ? speech.exactMoney(record.charge) : say.noCharge),
    ),
    total > 0
      ? h(
          'span',
          { class: `bar mini many${isCut ? ' post' : ''}`, 'aria-hidden': 'true' },
          ...record.funding.map((fund) => part(`used ${fundOf(fund.source)}`, fund.seconds / total)),
        )
      : null,
    h('span.small.muted', null, words.length > 0 ? words.join(' + ') : say.free),
  )
}
