import { makeVault } from '../../src/access/vault.ts'

/** One key for all tests: nothing that they seal is secret. */
export const TEST_VAULT = makeVault(Buffer.alloc(32, 7))
