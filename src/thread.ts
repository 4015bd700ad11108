/** Starts a thread on a file of ours, built or from source. */
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

/** `file` is the address of a module beside the caller's (`new URL('./worker.ts', import.meta.url)`); built, its `.js` is started. */
export function startThread(file: URL, options: WorkerOptions = {}): Worker {
  if (import.meta.url.endsWith('.js')) return new Worker(new URL(file.href.replace(/\.ts$/, '.js')), options)
  // From source (development and tests) a thread needs the loader that turns TypeScript into JavaScript. Its form for `require` cannot
  // be loaded in a thread; the other lies beside it.
  const loader = createRequire(import.meta.url).resolve('tsx/esm/api')
  const address = pathToFileURL(loader).href.replace(/\.cjs$/, '.mjs')
  const start = `import('${address}').then(({ tsImport }) => tsImport('${file.href}', '${file.href}'))`
  return new Worker(start, { ...options, eval: true })
}
