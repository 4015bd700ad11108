/** Elements in one expression. Text is always text: nothing here parses HTML. */

type Child = Node | string | null | false

export interface Attributes {
  readonly [name: string]: string | number | boolean | undefined | ((event: Event) => void)
}

/** `h('p.muted', { id: 'x' }, 'text')`: tag and classes, attributes and `onclick`-like listeners, children. */
export function h(tag: string, attributes: Attributes | null, ...children: readonly Child[]): HTMLElement {
  const [name = 'div', ...classes] = tag.split('.')
  const element = document.createElement(name)
  if (classes.length > 0) element.className = classes.join(' ')
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function') element.addEventListener(key.replace(/^on/, ''), value)
    else if (value === true) element.setAttribute(key, '')
    else if (value !== undefined && value !== false) element.setAttribute(key, String(value))
  }
  for (const child of children) if (child !== null && child !== false) element.append(child)
  return element
}

/** A part of a bar, `share` from 0 to 1 of it. */
export function part(className: string, share: number): HTMLElement {
  const element = h('span', { class: className })
  // By property: a style attribute would need a looser Content-Security-Policy.
  element.style.flexBasis = `${Math.min(1, Math.max(0, share)) * 100}%`
  return element
}

export function byId(id: string): HTMLElement {
  const element = document.getElementById(id)
  if (!element) throw new Error(`the page has no #${id}`)
  return element
}
