/** Components of the document: each schema once, under its own name, with discriminators where a field tells the kinds apart. */
import { isDeepStrictEqual } from 'node:util'
import type { Json } from './openapi.ts'

const PREFIX = '#/components/schemas/'
const INPUT = /Input$/

/**
 * The generator emits every schema twice, as it goes in and as it comes out. What nothing refers to is dropped, and a copy that is
 * alone or equal to the other takes the plain name.
 */
export function tidyComponents(document: Json): void {
  const components = document.components as Json
  const schemas = components.schemas as Record<string, Json>
  const used = reachable(document.paths, schemas)
  const renamed = new Map<string, string>()
  for (const name of used) {
    const plain = name.replace(INPUT, '')
    if (plain === name) continue
    if (!used.has(plain) || isDeepStrictEqual(schemas[name], schemas[plain])) renamed.set(name, plain)
  }
  const kept: [string, Json][] = [...used]
    .filter((name) => !(renamed.has(name) && used.has(renamed.get(name) ?? '')))
    .map((name) => [renamed.get(name) ?? name, schemas[name] ?? {}])
  components.schemas = Object.fromEntries(kept.sort(([a], [b]) => (a < b ? -1 : 1)))
  eachObject(document, (object) => {
    if (typeof object.$ref !== 'string' || !object.$ref.startsWith(PREFIX)) return
    const name = object.$ref.slice(PREFIX.length)
    object.$ref = PREFIX + (renamed.get(name) ?? name)
  })
  eachObject(document, (object) => discriminate(object, components.schemas as Record<string, Json>))
}

function reachable(from: unknown, schemas: Record<string, Json>): Set<string> {
  const found = new Set<string>()
  const visit = (value: unknown): void =>
    eachObject(value, ({ $ref }) => {
      if (typeof $ref !== 'string' || !$ref.startsWith(PREFIX)) return
      const name = $ref.slice(PREFIX.length)
      if (found.has(name)) return
      found.add(name)
      visit(schemas[name])
    })
  visit(from)
  return found
}

/** `oneOf` whose branches are components that a field of one value tells apart. */
function discriminate(schema: Json, schemas: Record<string, Json>): void {
  if (!Array.isArray(schema.oneOf) || schema.discriminator !== undefined) return
  const refs = schema.oneOf.map((branch: Json) => branch.$ref)
  const branches = refs.map((ref) => (typeof ref === 'string' ? schemas[ref.slice(PREFIX.length)] : undefined))
  const [first] = branches
  for (const propertyName of Object.keys((first?.properties as Json | undefined) ?? {})) {
    const values = branches.map((branch) => onlyValue((branch?.properties as Json | undefined)?.[propertyName] as Json))
    if (values.includes(null) || new Set(values).size < values.length) continue
    schema.discriminator = { propertyName, mapping: Object.fromEntries(values.map((value, i) => [value, refs[i]])) }
    return
  }
}

function onlyValue(schema: Json | undefined): string | null {
  if (typeof schema?.const === 'string') return schema.const
  const [value, ...more] = Array.isArray(schema?.enum) ? schema.enum : []
  return typeof value === 'string' && more.length === 0 ? value : null
}

function eachObject(value: unknown, visit: (object: Json) => void): void {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) visit(value as Json)
  for (const child of Object.values(value)) eachObject(child, visit)
}
