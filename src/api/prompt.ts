/** `/v1/tenants/{t}/prompts`: what callers hear, as text that is spoken or as a file. */
import type { FastifyReply } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { AUDIO_BYTES_MAX, type AudioFault, readAudio } from '../core/audio.ts'
import { formatId, type TenantId, type Uuid } from '../core/ids.ts'
import type { Language } from '../core/problems.ts'
import { formatInstant } from '../core/time.ts'
import { record } from '../store/audit-log.ts'
import type { Queryable } from '../store/db.ts'
import { findPrompts, insertPrompt, type PromptRow, promptContent } from '../store/prompt.ts'
import { principalOf } from './auth.ts'
import { idOf, nameText } from './contract.ts'
import { change } from './idempotency.ts'
import { Problem } from './problem.ts'
import { promptBody, promptOut } from './schema/attendant.ts'
import type { Routes } from './server.ts'
import { tenantOf, tenantParams } from './tenant.ts'

const AUDIO_REFUSALS: Readonly<Record<AudioFault, Readonly<Record<Language, string>>>> = {
  'not-audio': {
    en: 'Its content is neither WAV nor MP3, whatever its name says.',
    fr: 'Son contenu n’est ni du WAV ni du MP3, quel que soit son nom.',
  },
  truncated: { en: 'The file is cut off: its end is missing.', fr: 'Le fichier est tronqué : la fin manque.' },
  'too-long': { en: 'It is longer than 5 minutes.', fr: 'Il dure plus de 5 minutes.' },
  'too-short': { en: 'There is next to nothing to hear.', fr: 'Il n’y a presque rien à entendre.' },
}

const NAME_LENGTH = 60

const params = tenantParams.extend({ promptId: idOf<Uuid>('prompt') })

const toWire = (row: PromptRow): z.input<typeof promptOut> => ({
  id: formatId('prompt', row.promptId),
  name: row.name,
  text: row.spoken,
  language: row.language,
  format: row.format,
  seconds: Math.ceil(row.milliseconds / 1000),
  createdAt: formatInstant(row.createdAt),
})

async function promptOf(db: Queryable, tenantId: TenantId, id: Uuid | null): Promise<PromptRow> {
  const [row] = id === null ? [] : await findPrompts(db, tenantId, [id])
  if (!row) throw new Problem('not-found', { param: 'promptId' })
  return row
}

/** The file, if it is sound; 422 says what else it is. */
function checkedAudio(content: Buffer) {
  const audio = readAudio(content)
  if (typeof audio !== 'string') return audio
  throw new Problem('audio-refused', { detail: AUDIO_REFUSALS[audio], extra: { reason: audio } })
}

export const promptRoutes: Routes = async (app, deps) => {
  const keep = (
    request: Parameters<typeof change>[1] & { readonly params: { readonly tenantId: TenantId | null } },
    reply: FastifyReply,
    made: Pick<PromptRow, 'name' | 'spoken' | 'language'> & { readonly content: Buffer },
  ): Promise<never> => {
    const { content, ...rest } = made
    const audio = checkedAudio(content)
    return change(deps, request, reply, async (tx) => {
      const { tenantId } = await tenantOf(tx, request.params.tenantId)
      const at = deps.clock.now()
      const prompt: PromptRow = { promptId: deps.newId(), tenantId, ...rest, ...audio, createdAt: at }
      await insertPrompt(tx, prompt, content)
      await record(tx, {
        id: deps.newId(),
        tenantId,
        at,
        actor: principalOf(request).name,
        action: 'prompt.created',
        subject: formatId('prompt', prompt.promptId),
        after: toWire(prompt),
      })
      return { status: 201, body: toWire(prompt) }
    })
  }

  app.post(
    '/v1/tenants/:tenantId/prompts',
    {
      config: { permission: 'attendant:edit' },
      schema: {
        summary: 'Have a text spoken for callers',
        tags: ['attendants'],
        params: tenantParams,
        body: promptBody,
        problems: ['speech-unavailable', 'audio-refused'],
        response: { 201: promptOut },
      },
    },
    async (request, reply) => {
      // Before anything is spoken for a tenant that is not there.
      await tenantOf(request.db, request.params.tenantId)
      const { text, language } = request.body
      if (!deps.speech) throw new Problem('speech-unavailable')
      const content = await deps.speech.speak(text, language)
      const name = text.replaceAll(/\s+/g, ' ').trim().slice(0, NAME_LENGTH)
      return keep(request, reply, { name, spoken: text, language, content })
    },
  )

  app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/octet-stream',
      { parseAs: 'buffer', bodyLimit: AUDIO_BYTES_MAX },
      (_request, body, done) => done(null, body),
    )
    const withFiles = scope.withTypeProvider<ZodTypeProvider>()
    withFiles.post(
      '/v1/tenants/:tenantId/prompt-files',
      {
        config: { permission: 'attendant:edit' },
        bodyLimit: AUDIO_BYTES_MAX,
        schema: {
          summary: 'Upload a recording for callers: WAV or MP3, up to 5 MB',
          tags: ['attendants'],
          params: tenantParams,
          consumes: ['application/octet-stream'],
          querystring: z.strictObject({ name: nameText.meta({ description: 'The name of the file' }) }),
          problems: ['audio-refused', 'body-too-large', 'unsupported-media-type'],
          response: { 201: promptOut },
        },
      },
      async (request, reply) => {
        if (!Buffer.isBuffer(request.body))
          throw new Problem('unsupported-media-type', { detail: 'application/octet-stream' })
        return keep(request, reply, { name: request.query.name, spoken: null, language: null, content: request.body })
      },
    )
  })

  app.get(
    '/v1/tenants/:tenantId/prompts/:promptId',
    {
      config: { permission: 'attendant:read' },
      schema: {
        summary: 'One recording',
        tags: ['attendants'],
        params,
        problems: ['not-found'],
        response: { 200: promptOut },
      },
    },
    async (request) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      return toWire(await promptOf(request.db, tenantId, request.params.promptId))
    },
  )

  app.get(
    '/v1/tenants/:tenantId/prompts/:promptId/audio',
    {
      config: { permission: 'attendant:read' },
      schema: {
        summary: 'The sound of a recording',
        tags: ['attendants'],
        params,
        problems: ['not-found'],
        response: {
          200: {
            description: 'The file as it was uploaded, or as it was spoken',
            content: { 'audio/wav': { schema: z.string() }, 'audio/mpeg': { schema: z.string() } },
          },
        },
      },
    },
    async (request, reply) => {
      const { tenantId } = await tenantOf(request.db, request.params.tenantId)
      const { promptId } = await promptOf(request.db, tenantId, request.params.promptId)
      const sound = await promptContent(request.db, tenantId, promptId)
      if (!sound) throw new Problem('not-found', { param: 'promptId' })
      return reply
        .type(sound.format === 'wav' ? 'audio/wav' : 'audio/mpeg')
        .header('cache-control', 'private, max-age=31536000, immutable')
        .send(sound.content as never)
    },
  )
}
