/**
 * Zod writes faster checks while it runs where it may, and tries whether it may: our pages' policy forbids that, and each page would
 * begin with a violation in the browser's console. Loaded before the first schema.
 */
import { config } from 'zod/v4/core'

config({ jitless: true })
