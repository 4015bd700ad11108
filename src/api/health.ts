/** Liveness, readiness: no key needed. */
import { z } from 'zod'
import { Problem } from './problem.ts'
import type { Routes } from './server.ts'

export const healthRoutes: Routes = (app, deps) => {
  const config = { public: true }
  app.get(
    '/healthz',
    {
      config,
      schema: {
        summary: 'Alive',
        tags: ['process'],
        security: [],
        response: { 200: z.object({ status: z.literal('ok') }) },
      },
    },
    () => ({
      status: 'ok' as const,
    }),
  )

  app.get(
    '/readyz',
    {
      config,
      schema: {
        summary: 'Calls can be charged',
        tags: ['process'],
        security: [],
        response: { 200: z.object({ status: z.literal('ready') }) },
      },
    },
    async () => {
      try {
        await deps.db.query('SELECT 1')
        return { status: 'ready' as const }
      } catch {
        throw new Problem('service-unavailable', { retryAfterSeconds: 1 })
      }
    },
  )
}
