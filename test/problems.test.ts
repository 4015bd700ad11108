/** docs/problems.md is equal to the code, both ways: every code, status and sentence, in both languages, and no other. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PROBLEMS } from '../src/api/problem.ts'
import { REFUSALS } from '../src/core/problems.ts'
import { packageRoot } from '../src/paths.ts'
import { FUNDING_FAILURES } from '../src/payments/problems.ts'

const page = readFileSync(join(packageRoot, 'docs', 'problems.md'), 'utf8')

/** The rows of the table under a heading, cells by column name; the code is the first cell. */
function tableUnder(heading: string): Map<string, Record<string, string>> {
  const section = page.split(/^## /m).find((text) => text.startsWith(heading)) ?? ''
  const [head = [], , ...rows] = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
  return new Map(
    rows.map((cells) => {
      const row = Object.fromEntries(head.map((name, index) => [name, cells[index] ?? '']))
      return [(row.code ?? '').replaceAll('`', ''), row]
    }),
  )
}

const rowsOf = (heading: string, columns: readonly string[]): Record<string, Record<string, string>> =>
  Object.fromEntries(
    [...tableUnder(heading)].map(([code, row]) => [
      code,
      Object.fromEntries(columns.map((name) => [name, row[name] ?? ''])),
    ]),
  )

const sentences = ({ en, fr }: { readonly en: string; readonly fr: string }) => ({ English: en, French: fr })

describe('docs/problems.md', () => {
  test('C7: refusals, with SIP status and Diameter result', () => {
    const inCode = Object.entries(REFUSALS).map(([code, kind]) => {
      const sip = 'sipStatusIn' in kind ? `${kind.sipStatus} (in: ${kind.sipStatusIn})` : `${kind.sipStatus}`
      return [code, { SIP: sip, Diameter: `${kind.diameter}`, ...sentences(kind.title) }]
    })
    const documented = rowsOf('Refusals of calls', ['SIP', 'Diameter', 'English', 'French'])
    expect(documented).toEqual(Object.fromEntries(inCode))
  })

  test('D1: problems of the API, with their status', () => {
    const inCode = Object.entries(PROBLEMS).map(([code, { status, title }]) => [
      code,
      { status: `${status}`, ...sentences(title) },
    ])
    expect(rowsOf('Problems of the API', ['status', 'English', 'French'])).toEqual(Object.fromEntries(inCode))
  })

  test('W4: why a funding failed', () => {
    const inCode = Object.entries(FUNDING_FAILURES).map(([code, title]) => [code, sentences(title)])
    expect(rowsOf('Why a funding failed', ['English', 'French'])).toEqual(Object.fromEntries(inCode))
  })

  test('every row says when, no code is there twice, and no sentence is there in one language only', () => {
    for (const heading of ['Refusals of calls', 'Problems of the API', 'Why a funding failed']) {
      const rows = [...tableUnder(heading).values()]
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) {
        expect(row.when, row.code).not.toBe('')
        expect(row.French, row.code).not.toBe(row.English)
      }
      const listed =
        page
          .split(/^## /m)
          .find((text) => text.startsWith(heading))
          ?.match(/^\| `[\w-]+` *\|/gm) ?? []
      expect(listed.length).toBe(rows.length)
    }
  })
})
