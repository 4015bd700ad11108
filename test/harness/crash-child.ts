/** The engine in a process of its own, to be killed: DATABASE_URL and the fixture come by argument, notes go to the output. */
import { openDb } from '../../src/store/db.ts'
import { aDeck } from './deck.ts'
import { anEngine, type Fixture } from './fixtures.ts'
import { keepCalling } from './load.ts'

const [url = '', fixture = '{}'] = process.argv.slice(2)
const engine = await anEngine(
  { db: openDb(url), url },
  { deck: () => aDeck([{ prefix: '1', perMinuteMicros: 60_000n }]) },
)
await keepCalling(engine, JSON.parse(fixture) as Fixture, {
  width: 24,
  isOver: () => false,
  note: (note) => process.stdout.write(`${JSON.stringify(note)}\n`),
})
