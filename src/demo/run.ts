/** What every part of the demonstration is made from. */
import { createHmac } from 'node:crypto'
import type { Instant } from '../core/time.ts'
import type { DemoFile } from './demo-file.ts'

/** What the page may show to anybody at this machine: keys that only read. */
export interface Demo {
  readonly tenants: readonly { readonly id: string; readonly name: string; readonly key: string }[]
}

/** One first start; the same when it is taken up again. */
export interface Run {
  readonly seed: string
  readonly at: Instant
}

/** What the page may know of a tenant, and what lies in the data folder. */
export interface MadeTenant {
  readonly page: Demo['tenants'][number]
  readonly file: DemoFile['tenants'][number]
}

/** 256 bits that are the same whenever this run is taken up again. */
export const derive = (seed: string, purpose: string): string =>
  createHmac('sha256', seed).update(purpose).digest('base64url')
