/** A worker of webhooks in a process of its own, to be killed. */
import { openDb } from '../../src/store/db.ts'
import { someWebhooks } from './webhook.ts'

const [url = ''] = process.argv.slice(2)
someWebhooks(openDb(url), { deadlineMs: 30_000 })
// The worker's own timer lets a process end.
setInterval(() => undefined, 60_000)
