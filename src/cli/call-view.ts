/** The live timeline of a call in a terminal: who pays which stretch, how far it is secured, where it ends. */
import { parsePoolName } from '../core/pool.ts'
import type { Words } from './call-words.ts'

export interface Stretch {
  readonly source: string | null
  readonly from: number
  readonly to: number
}

export interface Screen {
  readonly isTty: boolean
  readonly hasColour: boolean
  readonly columns: number
  write(text: string): void
}

export interface View {
  /** Something has happened at that second of the call: a line that stays. */
  happened(at: number, text: string, isEnd?: boolean): void
  /** Where the call stands; drawn in place on a terminal, not at all elsewhere. */
  stands(at: number, stretches: readonly Stretch[], until: number | null): void
  /** The finished bar, for good. */
  finish(at: number, stretches: readonly Stretch[], isCut: boolean): void
}

/** `3:04`. */
export function clock(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const whole = Math.floor(seconds)
  const hours = Math.floor(whole / 3600)
  const rest = `${hours > 0 ? two(Math.floor(whole / 60) % 60) : Math.floor(whole / 60)}:${two(whole % 60)}`
  return hours > 0 ? `${hours}:${rest}` : rest
}

export function fundName(source: string | null, words: Words): string {
  if (source === null) return words.free
  const pool = parsePoolName(source)
  return pool ? words.pool(words.plans[pool.plan] ?? pool.plan, pool.country) : words.credits
}

/** The same colours and patterns as on the page; a pattern each, so that colour is never the only cue. */
const GLYPHS = { pool: '━', addon: '╍', credits: '▨', free: '─', secured: '░', post: '┃' } as const
const COLOURS = {
  pool: '38;5;33',
  addon: '38;5;141',
  credits: '38;5;208',
  free: '90',
  cut: '1;38;5;203',
  dim: '2',
} as const

const fundOf = (source: string | null): 'pool' | 'addon' | 'credits' | 'free' =>
  source === null ? 'free' : source === 'wallet' ? 'credits' : source.includes(':domestic:') ? 'pool' : 'addon'

/** `planned`: the length of the call if nobody cuts it, which is the width of the bar. */
export function makeView(screen: Screen, words: Words, planned: number): View {
  let drawn = 0
  let last = ''
  const paint = (colour: string, text: string): string =>
    screen.hasColour ? `\u001b[${colour}m${text}\u001b[0m` : text
  const width = Math.max(20, Math.min(72, screen.columns - 18))
  const cell = (second: number): number => Math.round((Math.min(second, planned) / Math.max(planned, 1)) * width)

  function erase(): void {
    if (drawn > 0) screen.write(`\u001b[${drawn}A\u001b[0J`)
    drawn = 0
  }

  function draw(lines: readonly string[]): void {
    for (const line of lines) screen.write(`${line}\n`)
    drawn = lines.length
  }

  function bar(at: number, stretches: readonly Stretch[], until: number | null): string {
    const painted = stretches.map(({ source, from, to }) => {
      const fund = fundOf(source)
      const spoken = cell(Math.min(to, at)) - cell(Math.min(from, at))
      const secured = cell(to) - cell(Math.max(from, Math.min(to, at)))
      return paint(COLOURS[fund], GLYPHS[fund].repeat(spoken)) + paint(COLOURS[fund], GLYPHS.secured.repeat(secured))
    })
    const room = ' '.repeat(Math.max(0, width - cell(until ?? at)))
    return `${painted.join('')}${room}`
  }

  return {
    happened(at, text, isEnd = false) {
      erase()
      screen.write(`${clock(at).padStart(7)}  ${isEnd ? paint(COLOURS.cut, text) : text}\n`)
      if (last !== '') draw(last.split('\n'))
    },
    stands(at, stretches, until) {
      if (!screen.isTty) return
      const source =
        stretches.find((stretch) => at >= stretch.from && at < stretch.to)?.source ?? stretches.at(-1)?.source ?? null
      const line =
        until === null ? words.talkingFree(clock(at)) : words.talking(clock(at), fundName(source, words), clock(until))
      last = `\n  0:00 ${bar(at, stretches, until)} ${clock(planned)}\n       ${paint(COLOURS.dim, line)}`
      erase()
      draw(last.split('\n'))
    },
    finish(at, stretches, isCut) {
      erase()
      last = ''
      const post = isCut ? paint(COLOURS.cut, GLYPHS.post) : paint(COLOURS.dim, GLYPHS.post)
      const ended = stretches
        .map((stretch) => ({ ...stretch, to: Math.min(stretch.to, at) }))
        .filter(({ from, to }) => to > from)
      screen.write(`\n  0:00 ${bar(at, ended, at).trimEnd()}${post} ${clock(at)}\n`)
      for (const { source, from, to } of ended) {
        const fund = fundOf(source)
        const text = `${clock(from)}–${clock(to)}  ${fundName(source, words)}`
        screen.write(`       ${paint(COLOURS[fund], GLYPHS[fund].repeat(2))} ${text}\n`)
      }
    },
  }
}

/** Neighbours paid by the same fund are one stretch. */
export function joined(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = []
  for (const stretch of stretches) {
    const before = result.at(-1)
    if (stretch.to <= stretch.from) continue
    if (before && before.source === stretch.source) result[result.length - 1] = { ...before, to: stretch.to }
    else result.push(stretch)
  }
  return result
}

/** A grant replaces what was secured beyond `at` by its own slices, in the order in which they will be spent. */
export function withGrant(
  stretches: readonly Stretch[],
  at: number,
  funding: readonly { readonly source: string; readonly seconds: number }[],
): Stretch[] {
  const spoken = stretches.map((stretch) => ({ ...stretch, to: Math.min(stretch.to, at) }))
  let from = at
  for (const { source, seconds } of funding) {
    spoken.push({ source, from, to: from + seconds })
    from += seconds
  }
  return joined(spoken)
}

/** A list item in lines of at most `width` characters after its bullet. */
export function wrap(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + word.length + 1 > width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines.map((line, index) => (index === 0 ? `  • ${line}` : `    ${line}`))
}
