/** What this browser remembers. Storage may be full or forbidden: then it remembers nothing. */
const PREFIX = 'ringfence.'

/** Kept over visits; null when there is nothing. */
export function readStored(name: string, where: 'local' | 'session' = 'local'): string | null {
  try {
    return storageOf(where).getItem(PREFIX + name)
  } catch {
    return null
  }
}

/** Keeps a text; null forgets it. */
export function store(name: string, text: string | null, where: 'local' | 'session' = 'local'): void {
  try {
    if (text === null) storageOf(where).removeItem(PREFIX + name)
    else storageOf(where).setItem(PREFIX + name, text)
  } catch {
    // Full or forbidden.
  }
}

/** Forgets everything whose name begins like this: drafts, when somebody signs out. */
export function forget(prefix: string, where: 'local' | 'session' = 'local'): void {
  try {
    const storage = storageOf(where)
    for (const name of Object.keys(storage)) if (name.startsWith(PREFIX + prefix)) storage.removeItem(name)
  } catch {
    // Forbidden.
  }
}

const storageOf = (where: 'local' | 'session'): Storage => (where === 'local' ? localStorage : sessionStorage)
