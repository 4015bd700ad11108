import { defineConfig } from 'vitest/config'

// Two workers for two cores: a third gains 5 % and makes browsers wait for each other until patience ends.
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        // Pure code: no database, no files, no clock. Nothing to isolate, so the workers load each module once.
        test: {
          name: 'unit',
          include: ['src/core/**/*.test.ts', 'src/demo/rate-deck.test.ts'],
          pool: 'threads',
          isolate: false,
          // A busy machine may be ten times slower than a quiet one; only a hang should fail.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'system',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['src/core/**', 'src/demo/rate-deck.test.ts', '**/node_modules/**'],
          globalSetup: ['test/harness/global-setup.ts'],
          setupFiles: ['test/harness/setup.ts'],
          // Processes, so that a test may change its working directory, catch signals or be killed.
          pool: 'forks',
          testTimeout: 30_000,
          hookTimeout: 60_000,
          // One second, the default, is a test of the machine.
          expect: { poll: { timeout: 15_000 } },
        },
      },
    ],
  },
})
