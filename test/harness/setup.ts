/** Loaded before each test file that has a system under it: runs what its harnesses left in `hooks.ts`. */
import { afterEach, beforeAll } from 'vitest'
import { fileHasEnded, testHasEnded } from './hooks.ts'

// What the first `beforeAll` gives back runs last of all: after the file's own `afterAll`, and what its `beforeAll` gave back.
beforeAll(() => fileHasEnded)
afterEach(({ task }) => testHasEnded(task.result?.state))
