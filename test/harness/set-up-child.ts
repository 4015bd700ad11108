/** A process that carries out what wizards have chosen, to be killed. */
import { finishSetUp } from '../../src/api/getting-started-job.ts'
import { newUuid } from '../../src/charging/engine.ts'
import { instant } from '../../src/core/time.ts'
import { startJobRunner } from '../../src/jobs/job-runner.ts'
import { makeLocks } from '../../src/jobs/locks.ts'
import { openDb } from '../../src/store/db.ts'
import { anEngine } from './fixtures.ts'

const [url = ''] = process.argv.slice(2)
const db = openDb(url)
const engine = await anEngine({ db, url })
const context = { newId: () => newUuid(Date.now()), engine, onDirectoryChange: () => undefined }
const log = { error: (details: object, message: string): void => console.error(message, details) }
const now = () => instant(Date.now())
startJobRunner({ db, locks: makeLocks(db), kinds: [finishSetUp(context)], now, log })
setInterval(() => undefined, 60_000)
