/**
 * Who pays has a colour of its own on every page: the pool, the International add-on, credits, the cut, and what is free. A fund is
 * never told by colour alone (each has a pattern too), and the colours stay apart for people who see red, green or blue less:
 * `test/console/palette.test.ts` measures it. `pictures.css` carries the same values as CSS variables; a test keeps the two equal.
 */

/** A colour of its own; `blind` (not confirmed yet, C10) is drawn in the grey of `free` with a cross-hatch. */
export const FUND_TOKENS = ['pool', 'addon', 'credits', 'cut', 'free'] as const
export type FundToken = (typeof FUND_TOKENS)[number]

/** What can pay for a second of a call. */
export type Fund = 'pool' | 'addon' | 'credits' | 'free' | 'blind'

export interface FundColours {
  /** Bars, lines, posts: at least 3:1 on the card and on `tint`. */
  readonly fill: string
  /** The hatch on the fill. */
  readonly stripe: string
  /** The track behind a bar, the ground of a pill. */
  readonly tint: string
  /** Words: at least 5.9:1 on the card and on `tint`. */
  readonly text: string
}

export type Shade = 'light' | 'dark'

export const FUND_COLOURS: Readonly<Record<Shade, Readonly<Record<FundToken, FundColours>>>> = {
  light: {
    pool: { fill: '#0F4FA8', stripe: '#3B76C9', tint: '#DCE7F7', text: '#0F4FA8' },
    addon: { fill: '#A466E8', stripe: '#C79AF3', tint: '#F0E5FC', text: '#6F35B5' },
    credits: { fill: '#CC7700', stripe: '#E9A64C', tint: '#FFF1DC', text: '#894E00' },
    cut: { fill: '#8E1020', stripe: '#C4505E', tint: '#FDECEE', text: '#8E1020' },
    free: { fill: '#6B6F74', stripe: '#A3A7AC', tint: '#EDEEEF', text: '#4E5257' },
  },
  dark: {
    pool: { fill: '#5585EE', stripe: '#7BA1F3', tint: '#29395D', text: '#9DBBFF' },
    addon: { fill: '#D5BBFF', stripe: '#BC9CEE', tint: '#443458', text: '#E3D1FF' },
    credits: { fill: '#F7AC3B', stripe: '#D4892A', tint: '#453418', text: '#FFC56B' },
    cut: { fill: '#F0525A', stripe: '#B93740', tint: '#451B20', text: '#FF9AA0' },
    free: { fill: '#9CA2AA', stripe: '#6C7178', tint: '#3A3D40', text: '#C6CACF' },
  },
}

/** The surfaces that the pictures lie on, and the two greys of their own. */
export const SURFACES: Readonly<
  Record<Shade, { card: string; page: string; track: string; grid: string; good: string }>
> = {
  light: { card: '#FFFFFF', page: '#F6F7F7', track: '#F2F3F3', grid: '#ECEDEE', good: '#0B6A2F' },
  dark: { card: '#292929', page: '#161817', track: '#3A3C3D', grid: '#363839', good: '#6FD08F' },
}

/** The CSS variables of a shade, `--fund-pool`, `--fund-pool-stripe`, …: what `pictures.css` must say. */
export function fundVariables(shade: Shade): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const token of FUND_TOKENS) {
    const { fill, stripe, tint, text } = FUND_COLOURS[shade][token]
    variables[`--fund-${token}`] = fill
    variables[`--fund-${token}-stripe`] = stripe
    variables[`--fund-${token}-tint`] = tint
    variables[`--fund-${token}-text`] = text
  }
  const { page, track, grid, good } = SURFACES[shade]
  return { ...variables, '--pic-page': page, '--pic-track': track, '--pic-grid': grid, '--pic-good': good }
}

/** The token that colours a fund. */
export const tokenOf = (fund: Fund): FundToken => (fund === 'blind' ? 'free' : fund)
