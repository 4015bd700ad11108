/** Loaded before each test file that has a system under it: runs what its harnesses left in `hooks.ts`. */
import { afterAll, afterEach } from 'vitest'
import { fileHasEnded, testHasEnded } from './hooks.ts'

afterEach(({ task }) => testHasEnded(task.result?.state))
afterAll(fileHasEnded)
