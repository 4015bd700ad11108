import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import type { Measure, TextStyle } from './layout/scale.ts'

/** The same sizes as in `pictures.css`. */
const FONTS: Readonly<Record<TextStyle, { readonly weight: number; readonly size: number }>> = {
  label: { weight: 600, size: 14 },
  sub: { weight: 400, size: 12.5 },
  axis: { weight: 400, size: 11.5 },
  strong: { weight: 600, size: 12 },
}
const FAMILY = "Inter, 'Segoe UI', system-ui, sans-serif"

/** Without a canvas (on the server, in a test): a little wider than Inter is, so that nothing touches. */
const estimate: Measure = (text, style) => text.length * FONTS[style].size * 0.58

function canvasMeasure(): Measure {
  const canvas = typeof document === 'undefined' ? null : document.createElement('canvas').getContext('2d')
  if (!canvas) return estimate
  const known = new Map<string, number>()
  return (text, style) => {
    const key = `${style} ${text}`
    const before = known.get(key)
    if (before !== undefined) return before
    canvas.font = `${FONTS[style].weight} ${FONTS[style].size}px ${FAMILY}`
    const width = Math.ceil(canvas.measureText(text).width)
    known.set(key, width)
    return width
  }
}

/** The width of text as the browser draws it; another function once the fonts have come, so that layouts run again. */
export function useMeasure(): Measure {
  const [hasFonts, setHasFonts] = useState(false)
  useEffect(() => {
    let isGone = false
    void document.fonts.ready.then(() => {
      if (!isGone) setHasFonts(true)
    })
    return () => {
      isGone = true
    }
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: other fonts, other widths
  return useMemo(canvasMeasure, [hasFonts])
}

const useBrowserLayoutEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect

/** The width of the element that `ref` is given to, 0 before it is known; a `fixed` width (print, tests) wins. */
export function useWidth<E extends HTMLElement>(fixed?: number): [RefObject<E | null>, number] {
  const ref = useRef<E>(null)
  const [width, setWidth] = useState(0)
  useBrowserLayoutEffect(() => {
    const element = ref.current
    if (fixed !== undefined || !element) return
    setWidth(Math.floor(element.getBoundingClientRect().width))
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.floor(entry.contentRect.width))
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [fixed])
  return [ref, fixed ?? width]
}
