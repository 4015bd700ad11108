/** Words under points of an axis: none may lie on another, each stays as near to its point as it can. */

export interface Placed {
  /** Where the text begins (`start`) or ends (`end`). */
  readonly x: number
  readonly anchor: 'start' | 'end'
  readonly row: number
}

interface Trial {
  readonly cost: number
  readonly right: number
  readonly choices: readonly ('start' | 'end' | 'skip')[]
}

/**
 * Rows for labels of points that stand in order of `x`. A label begins at its point, or else ends there, or else goes to a row
 * further down; of all ways the one with fewest labels displaced. Each has a place in the answer.
 */
export function placeLabels(
  items: readonly { readonly x: number; readonly width: number }[],
  bounds: { readonly min: number; readonly max: number; readonly gap: number },
): Placed[] {
  const placed: (Placed | undefined)[] = items.map(() => undefined)
  let waiting = items.map((_, index) => index)
  for (let row = 0; waiting.length > 0; row++) {
    const choices = bestRow(
      waiting.map((index) => items[index] ?? { x: 0, width: 0 }),
      bounds,
    )
    // A label that fits nowhere, not even alone, is set at the edge and may reach over it.
    const isStuck = choices.every((choice) => choice === 'skip')
    waiting = waiting.filter((index, position) => {
      const choice = isStuck && position === 0 ? 'start' : choices[position]
      if (choice === undefined || choice === 'skip') return true
      const { x, width } = items[index] ?? { x: 0, width: 0 }
      const at = isStuck ? Math.max(bounds.min, Math.min(x, bounds.max - width)) : x
      placed[index] = { x: at, anchor: choice, row }
      return false
    })
  }
  return placed.flatMap((place) => (place ? [place] : []))
}

function bestRow(
  items: readonly { readonly x: number; readonly width: number }[],
  { min, max, gap }: { readonly min: number; readonly max: number; readonly gap: number },
): Trial['choices'] {
  let trials: Trial[] = [{ cost: 0, right: min - gap, choices: [] }]
  for (const { x, width } of items) {
    const next = trials.flatMap(({ cost, right, choices }): Trial[] => [
      ...(x >= right + gap && x + width <= max
        ? [{ cost, right: x + width, choices: [...choices, 'start' as const] }]
        : []),
      ...(x - width >= right + gap ? [{ cost: cost + 1, right: x, choices: [...choices, 'end' as const] }] : []),
      { cost: cost + 100, right, choices: [...choices, 'skip' as const] },
    ])
    // Of trials that cost the same only the one that leaves most room can be part of the best.
    const best = new Map<number, Trial>()
    for (const trial of next) if (trial.right < (best.get(trial.cost)?.right ?? Infinity)) best.set(trial.cost, trial)
    trials = [...best.values()].sort((a, b) => a.cost - b.cost).slice(0, 24)
  }
  return trials[0]?.choices ?? []
}
