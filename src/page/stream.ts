/** Server-sent events through `fetch`: unlike EventSource it sends the key in a header, never in an address. */
import type { Overview } from './wire.ts'

export type StreamState = 'live' | 'reconnecting' | 'refused'

/** The server says something every 15 s; after this long it is not there any more. */
const SILENCE_MS = 40_000
const RETRY_MAX_MS = 10_000

export interface StreamOptions {
  readonly tenantId: string
  readonly key: string
  readonly onOverview: (overview: Overview) => void
  readonly onState: (state: StreamState) => void
}

/** Follows a tenant until the returned function is called; comes back by itself when the connection breaks. */
export function follow(options: StreamOptions): () => void {
  const stopped = new AbortController()
  void run(options, stopped.signal)
  return () => stopped.abort()
}

async function run({ tenantId, key, onOverview, onState }: StreamOptions, stopped: AbortSignal): Promise<void> {
  let failures = 0
  while (!stopped.aborted) {
    const silence = new AbortController()
    try {
      const headers = { authorization: `Bearer ${key}`, accept: 'text/event-stream' }
      const signal = AbortSignal.any([stopped, silence.signal])
      const answer = await fetch(`/v1/tenants/${tenantId}/live`, { headers, signal, cache: 'no-store' })
      if (answer.status >= 400 && answer.status < 500) return onState('refused')
      if (!answer.ok || !answer.body) throw new Error(`live: ${answer.status}`)
      for await (const overview of events(answer.body, silence)) {
        failures = 0
        onState('live')
        onOverview(overview)
      }
    } catch {
      // Away, or stopped: the loop decides.
    }
    if (stopped.aborted) return
    onState('reconnecting')
    failures += 1
    await new Promise((resolve) => setTimeout(resolve, Math.min(RETRY_MAX_MS, 500 * 2 ** failures)))
  }
}

/** Overviews as they arrive; ends with the connection, or by `silence` when nothing comes for too long. */
async function* events(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  silence: AbortController,
): AsyncGenerator<Overview> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const timer = setTimeout(() => silence.abort(), SILENCE_MS)
    const { done, value } = await reader.read().finally(() => clearTimeout(timer))
    if (done) return
    text += value
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = text
        .slice(0, end)
        .split('\n')
        .find((line) => line.startsWith('data: '))
      text = text.slice(end + 2)
      if (data !== undefined) yield JSON.parse(data.slice('data: '.length)) as Overview
    }
  }
}
