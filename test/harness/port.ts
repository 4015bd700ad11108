/** A port for a test's own server. */
import { createServer } from 'node:net'

/**
 * A free TCP port of loopback that the system gives to nobody by itself (below its ephemeral ones, from 32768): a server that is
 * stopped and started again finds it free, whoever opened connections meanwhile.
 */
export function lowPort(): Promise<number> {
  return new Promise((resolve) => {
    const port = 10_000 + Math.floor(Math.random() * 10_000)
    const probe = createServer()
    probe.once('error', () => resolve(lowPort()))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(port)))
  })
}
