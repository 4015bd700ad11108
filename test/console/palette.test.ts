/**
 * The colours of who pays, measured: enough contrast for graphics and words (WCAG 2), and far enough apart for people with protanopia,
 * deuteranopia or tritanopia (Machado, Oliveira and Fernandes 2009, severity 1), by distance in OKLab × 100.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { FUND_COLOURS, FUND_TOKENS, fundVariables, type Shade, SURFACES } from '../../src/admin/theme/funds.ts'
import { packageRoot } from '../../src/paths.ts'

type Triple = readonly [number, number, number]

const channels = (hex: string): Triple => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255) as never
const linear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
const linearOf = (hex: string): Triple => channels(hex).map(linear) as never
const dot = ([a, b, c]: Triple, [x, y, z]: Triple): number => a * x + b * y + c * z

const luminance = (hex: string): number => dot([0.2126, 0.7152, 0.0722], linearOf(hex))

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

const SIGHTS = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
} as const satisfies Record<string, readonly Triple[]>
type Sight = keyof typeof SIGHTS

const seen = (hex: string, sight: Sight): Triple =>
  SIGHTS[sight].map((row) => Math.min(1, Math.max(0, dot(row, linearOf(hex))))) as never

function oklab(rgb: Triple): Triple {
  const lms = (
    [
      [0.4122214708, 0.5363325363, 0.0514459929],
      [0.2119034982, 0.6806995451, 0.1073969566],
      [0.0883024619, 0.2817188376, 0.6299787005],
    ] as const
  ).map((row) => Math.cbrt(dot(row, rgb))) as unknown as Triple
  return (
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ] as const
  ).map((row) => dot(row, lms)) as never
}

function distance(one: string, other: string, sight: Sight): number {
  const [a, b] = [oklab(seen(one, sight)), oklab(seen(other, sight))]
  return 100 * Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
}

const shades: readonly Shade[] = ['light', 'dark']

describe.each(shades)('fund colours, %s', (shade) => {
  const { card, track } = SURFACES[shade]

  test.each(FUND_TOKENS)(
    '%s: fills 3:1 on card, own track and grey track; words 5.9:1 on card and own tint',
    (token) => {
      const { fill, text, tint } = FUND_COLOURS[shade][token]
      expect(contrast(fill, card)).toBeGreaterThanOrEqual(3)
      expect(contrast(fill, tint)).toBeGreaterThanOrEqual(3)
      expect(contrast(fill, track)).toBeGreaterThanOrEqual(3)
      expect(contrast(text, card)).toBeGreaterThanOrEqual(5.9)
      expect(contrast(text, tint)).toBeGreaterThanOrEqual(5.9)
    },
  )

  test.each([
    ['normal', 15.5],
    ['protan', 13.6],
    ['deutan', 10.6],
    ['tritan', 10.3],
  ] as const)('no two are alike to %s sight', (sight, least) => {
    const alike = FUND_TOKENS.flatMap((one, index) =>
      FUND_TOKENS.slice(index + 1).flatMap((other) => {
        const apart = distance(FUND_COLOURS[shade][one].fill, FUND_COLOURS[shade][other].fill, sight)
        return apart < least ? [`${one} and ${other}: ${apart.toFixed(1)}`] : []
      }),
    )
    expect(alike).toEqual([])
  })

  test('the style sheet has the same colours', () => {
    const css = readFileSync(join(packageRoot, 'src/admin/pictures/pictures.css'), 'utf8')
    const selector = shade === 'light' ? ':root' : `[data-theme="${shade}"]`
    const block = css.slice(css.indexOf(`${selector} {`), css.indexOf('}', css.indexOf(`${selector} {`)))
    const written = [...block.matchAll(/(--[\w-]+): (#\w+);/g)].map(([, name, value]) => [name, value?.toUpperCase()])
    const asLong = (value: string): string => value.replace(/^#(\w)(\w)(\w)$/, '#$1$1$2$2$3$3').toUpperCase()
    const meant = Object.entries(fundVariables(shade)).map(([name, value]) => [name, asLong(value)])
    expect(written.map(([name, value]) => [name, asLong(value ?? '')])).toEqual(meant)
  })
})
