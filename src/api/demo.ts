/** `/v1/demo`: the demonstration, for whoever sits at this machine: keys that read it, and its people to enter as. */
import { z } from 'zod'
import { parseId } from '../core/ids.ts'
import { readDemo } from '../demo/demo.ts'
import { readDemoPersons } from '../demo/persons.ts'
import { inTransaction } from '../store/db.ts'
import { findPerson } from '../store/person.ts'
import { isAtThisMachine } from './demo-people.ts'
import { accessOf, enter, openSession, ownPageOnly } from './open-session.ts'
import { Problem } from './problem.ts'
import type { Routes } from './server.ts'
import { signedIn, signedInOut } from './sign-in.ts'

const tenantOut = z.object({ id: z.string(), name: z.string(), key: z.string() })

export const demoRoutes: Routes = (app, deps) => {
  const config = { public: true }

  app.get(
    '/v1/demo',
    {
      config,
      schema: {
        summary: 'Keys that read the tenants of the demonstration; only at the machine itself',
        tags: ['live'],
        security: [],
        problems: ['not-found'],
        response: { 200: z.object({ tenants: z.array(tenantOut) }) },
      },
    },
    async (request, reply) => {
      const demo = isAtThisMachine(app, request) ? await readDemo(deps.db) : null
      if (!demo) throw new Problem('not-found')
      reply.header('cache-control', 'no-store')
      return { tenants: demo.tenants.map(({ id, name, key }) => ({ id, name, key })) }
    },
  )

  app.post(
    '/v1/demo/sign-in',
    {
      config,
      onRequest: ownPageOnly(deps),
      schema: {
        summary: 'Enter as one of the people of the demonstration, without a password; only at the machine itself',
        tags: ['signing in'],
        body: z.strictObject({ person: z.string().max(64) }).meta({ example: { person: 'prs_01jd…' } }),
        problems: ['not-found', 'cross-site-request'],
        response: { 200: signedInOut },
      },
    },
    async (request, reply) => {
      const access = accessOf(deps)
      const people = isAtThisMachine(app, request) ? await readDemoPersons(deps.db) : []
      const wanted = parseId('person', request.body.person)
      const chosen = people.find(({ personId }) => (personId as string) === wanted)
      const person = chosen ? await findPerson(deps.db, chosen.personId) : null
      if (!person || person.disabledAt !== null) throw new Problem('not-found', { param: 'person' })
      const opened = await inTransaction(deps.db, (tx) => openSession(tx, deps, request, person, 'demo'))
      // Nobody reads mail there: no word of a new browser.
      enter(reply, access, { ...opened, tell: () => undefined })
      return signedIn(person)
    },
  )
}
