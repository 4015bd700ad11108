/** The API by its own description: its operations, values that its schemas allow, values that they do not, and answers they promise. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
export type Schema = Record<string, unknown>

export interface Parameter {
  readonly in: 'path' | 'query' | 'header'
  readonly name: string
  readonly required: boolean
  readonly schema: Schema
}

export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  readonly path: string
  readonly operationId: string
  readonly parameters: readonly Parameter[]
  /** By content type; null: it takes none. */
  readonly body: { readonly type: string; readonly schema: Schema; readonly required: boolean } | null
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: Schema }>> }>>
  readonly security: readonly unknown[]
  readonly raw: Schema
}

export interface Description {
  readonly openapi: string
  readonly paths: Readonly<Record<string, Readonly<Record<string, Schema>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

export function operationsOf(description: Description): Operation[] {
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]) => {
      const [media] = Object.entries(
        ((raw.requestBody as Schema | undefined)?.content ?? {}) as Record<string, { schema: Schema }>,
      )
      return {
        method: method as Operation['method'],
        path,
        operationId: String(raw.operationId),
        parameters: (raw.parameters ?? []) as Parameter[],
        body: media ? { type: media[0], schema: media[1].schema, required: true } : null,
        responses: raw.responses as Operation['responses'],
        security: (raw.security ?? []) as unknown[],
        raw,
      }
    }),
  )
}

/** Values of fields by name, where a schema can say the form and not which of them exist. */
export type Known = Readonly<Record<string, fc.Arbitrary<Json>>>

/** Follows a reference into the components. */
export function resolved(description: Description, schema: Schema): Schema {
  if (typeof schema.$ref !== 'string') return schema
  const found = description.components.schemas[schema.$ref.split('/').at(-1) ?? '']
  if (!found) throw new Error(`the description refers to ${schema.$ref}, which is not there`)
  return resolved(description, found)
}

/** The examples of the description were days to come, or past, when they were written. */
const WRITTEN_AT = Date.parse('2026-11-23T00:00:00Z')
const WEEK_MS = 7 * 86_400_000

/** The same with its days as far from today as they were from the day on which they were written, to the week: Mondays stay Mondays. */
export function asOfToday<T extends Json>(example: T): T {
  const later = Math.floor((Date.now() - WRITTEN_AT) / WEEK_MS) * WEEK_MS
  const moved = JSON.stringify(example).replaceAll(/\b20\d\d-[01]\d-[0-3]\d(?=["T])/g, (day) =>
    new Date(Date.parse(day) + later).toISOString().slice(0, 10),
  )
  return JSON.parse(moved) as T
}

/** Any value that the schema allows. */
export function valuesOf(description: Description, given: Schema, known: Known = {}, name = ''): fc.Arbitrary<Json> {
  const own = known[name]
  if (own) return own
  const schema = resolved(description, given)
  const branches = (schema.oneOf ?? schema.anyOf) as Schema[] | undefined
  if (branches) return fc.oneof(...branches.map((branch) => valuesOf(description, branch, known, name)))
  if (schema.const !== undefined) return fc.constant(schema.const as Json)
  // Examples stand for what a pattern cannot say: which countries there are. Where the pattern says all, more than examples will do.
  const examples = schema.pattern === undefined || schema.format !== undefined ? schema.examples : undefined
  for (const list of [schema.enum, examples])
    if (Array.isArray(list)) return fc.constantFrom(...asOfToday(list as Json[]))
  switch (schema.type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return integersOf(schema)
    case 'string':
      return textsOf(schema)
    case 'array': {
      const { minItems = 0, maxItems = 3 } = schema as { minItems?: number; maxItems?: number }
      const items = valuesOf(description, schema.items as Schema, known, name)
      return fc.uniqueArray(items, {
        minLength: minItems,
        maxLength: Math.max(minItems, Math.min(3, maxItems)),
        selector: (item) => JSON.stringify(item),
      })
    }
    case 'object': {
      const properties = Object.entries(schema.properties as Record<string, Schema>)
      const fields = Object.fromEntries(
        properties.map(([key, field]) => [key, valuesOf(description, field, known, key)]),
      )
      return fc.record(fields, { requiredKeys: (schema.required ?? []) as string[] })
    }
    default:
      throw new Error(`the description has a schema that says nothing: ${name} ${JSON.stringify(schema)}`)
  }
}

function integersOf({ minimum = 0, maximum = 1_000 }: { minimum?: number; maximum?: number }): fc.Arbitrary<number> {
  const max = Math.min(maximum, Number.MAX_SAFE_INTEGER)
  return fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: minimum, max: Math.min(max, minimum + 100) }) },
    { weight: 1, arbitrary: fc.constantFrom(minimum, max) },
  )
}

function textsOf(schema: Schema): fc.Arbitrary<string> {
  const {
    pattern,
    minLength = 0,
    maxLength = 64,
  } = schema as { pattern?: string; minLength?: number; maxLength?: number }
  const patterns = [pattern, ...((schema.allOf ?? []) as { pattern?: string }[]).map((part) => part.pattern)].flatMap(
    (source) => (source === undefined ? [] : [new RegExp(source)]),
  )
  const fits = (text: string): boolean =>
    text.length >= minLength && text.length <= maxLength && patterns.every((regExp) => regExp.test(text))
  const [first] = patterns
  if (first !== undefined) return fc.stringMatching(first, { size: 'small' }).filter(fits)
  return fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 64) }).filter(fits)
}

/** A field somewhere in a body: `['amount', 'currency']`. */
export interface Field {
  readonly path: readonly (string | number)[]
  readonly schema: Schema
  readonly required: boolean
  /** Of a union whose kinds no field tells apart. */
  readonly isOfUnion: boolean
}

/** Every field of a body that `value` has, by the branch of a union that `value` is of. */
export function fieldsOf(
  description: Description,
  given: Schema,
  value: Json,
  path: readonly (string | number)[] = [],
): Field[] {
  const schema = resolved(description, given)
  const branches = (schema.oneOf ?? schema.anyOf) as Schema[] | undefined
  if (branches) {
    const branch = branches.find((candidate) => isOf(resolved(description, candidate), value))
    const isOfUnion = schema.discriminator === undefined
    return branch ? fieldsOf(description, branch, value, path).map((field) => ({ ...field, isOfUnion })) : []
  }
  if (Array.isArray(value))
    return value.flatMap((item, i) => fieldsOf(description, schema.items as Schema, item, [...path, i]))
  if (typeof value !== 'object' || value === null) return []
  const properties = schema.properties as Record<string, Schema>
  return Object.entries(value).flatMap(([key, child]) => {
    const field = properties[key]
    if (!field) return []
    const required = ((schema.required ?? []) as string[]).includes(key)
    return [
      { path: [...path, key], schema: field, required, isOfUnion: false },
      ...fieldsOf(description, field, child, [...path, key]),
    ]
  })
}

function isOf(schema: Schema, value: Json): boolean {
  if (schema.type !== 'object')
    return value === null ? schema.type === 'null' : schema.type !== 'null' && typeof value !== 'object'
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const properties = schema.properties as Record<string, Schema>
  return Object.entries(value).every(([key, child]) => {
    const field = properties[key]
    if (!field) return false
    const only = field.const ?? (Array.isArray(field.enum) && field.enum.length === 1 ? field.enum[0] : undefined)
    return only === undefined || only === child
  })
}

/** One way to break a field. */
export interface Breakage {
  readonly name: string
  /** The body's JSON text. */
  readonly text: string
  /** The field that the answer must name; null where the schema alone does not say that this is wrong. */
  readonly param: string | null
}

const HOSTILE: Readonly<Record<string, string>> = {
  'a control character': 'a\u0000b',
  'a line break': 'a\r\nb',
  SQL: "'; DROP TABLE tenant; --",
  HTML: '<script>alert(1)</script>{{7*7}}',
  'right to left': '\u202e\u0661\u0662\u0663',
  'full-width digits': '+１４１６',
  emoji: '👩‍👩‍👧‍👦',
}

/** The body with one field broken, in every way that makes sense for it. */
export function breakagesOf(description: Description, body: Json, field: Field): Breakage[] {
  const param = field.path.join('.')
  const schema = resolved(description, field.schema)
  const kinds = new Set(
    ((schema.anyOf ?? schema.oneOf ?? [schema]) as Schema[]).map((kind) => resolved(description, kind).type),
  )
  const made: Breakage[] = []
  const isUnion = field.isOfUnion && field.path.length === 1
  const put = (name: string, value: Json | undefined, mustName: string | null = param): void => {
    made.push({ name, text: JSON.stringify(replaced(body, field.path, value)), param: mustName })
  }
  const raw = (name: string, text: string, mustName: string | null = param): void => {
    const marked = JSON.stringify(replaced(body, field.path, '@@'))
    made.push({ name, text: marked.replace('"@@"', () => text), param: mustName })
  }
  // Without its only field a body of a union may have been meant as any of its kinds.
  if (field.required) put('missing', undefined, isUnion ? '' : param)
  if (!kinds.has('null')) put('null', null)
  if (!kinds.has('string')) put('a text', 'x')
  if (!kinds.has('boolean')) put('a truth value', true)
  if (!kinds.has('integer')) put('a number', 7)
  if (!kinds.has('array')) put('a list', [])
  if (!kinds.has('object')) put('an object', {})
  raw('infinity', '1e400', kinds.has('string') ? param : null)
  if (kinds.has('integer')) {
    for (const number of ['9007199254740993', '9223372036854775808', '-1', '0.5', '-0.0']) raw(number, number, null)
  }
  if (kinds.has('string')) {
    put('too long', 'x'.repeat(2_000))
    raw('a lone surrogate', '"\\ud800"', null)
    put('empty', '', null)
    for (const [name, text] of Object.entries(HOSTILE)) put(name, text, null)
  }
  // Beside the field: one that nobody knows, and one that would be the prototype of the object.
  const parent = field.path.slice(0, -1)
  const holder = at(body, parent)
  if (typeof holder === 'object' && holder !== null && !Array.isArray(holder)) {
    const unknown = replaced(body, parent, { ...holder, surprise: 1 })
    made.push({
      name: 'an unknown field beside',
      text: JSON.stringify(unknown),
      param: [...parent, 'surprise'].join('.'),
    })
    const polluted = JSON.stringify(replaced(body, parent, { ...holder, '@@': {} })).replace('"@@"', '"__proto__"')
    made.push({ name: '__proto__ beside', text: polluted, param: '' })
  }
  return made
}

function at(value: Json, path: readonly (string | number)[]): Json | undefined {
  let here: Json | undefined = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined
    here = Array.isArray(here) ? here[Number(key)] : here[key]
  }
  return here
}

/** A copy in which the value at `path` is another; undefined takes it away. */
function replaced(value: Json, [key, ...rest]: readonly (string | number)[], by: Json | undefined): Json {
  if (key === undefined) return by ?? null
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? replaced(item, rest, by) : item))
  if (typeof value !== 'object' || value === null) return value
  const copy = { ...value }
  if (rest.length === 0 && by === undefined) delete copy[key]
  else copy[key] = replaced(copy[key] ?? null, rest, by)
  return copy
}

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** What is wrong with an answer, by the description; null: it is one of those that were promised. */
export function answerChecker(description: Description): (operation: Operation, answer: Answer) => string | null {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
  ajv.addSchema({ $id: 'openapi', ...description })
  const pointer = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
  return ({ path, method, responses }, { status, type, body }) => {
    const content = responses[status]?.content
    if (!responses[status]) return `status ${status} is not documented: ${body}`
    const [media = ''] = type.split(';')
    if (!content?.[media]) return `${status} as ${media} is not documented`
    const parts = ['paths', path, method, 'responses', String(status), 'content', media, 'schema'].map(pointer)
    const validate = ajv.getSchema(`openapi#/${parts.join('/')}`)
    if (!validate) return 'no schema'
    return validate(media.endsWith('json') ? JSON.parse(body) : body)
      ? null
      : `${ajv.errorsText(validate.errors)} in ${body}`
  }
}
