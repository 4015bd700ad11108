/** A line of shell for each operation, with the examples of its schemas. */
import type { Json } from './openapi.ts'

const PREFIX = '#/components/schemas/'

/** `curl`, ready to paste once `RINGFENCE_URL` and `RINGFENCE_KEY` are set. */
export function curlSample(document: Json, path: string, method: string, operation: Json): string {
  const parameters = (operation.parameters ?? []) as { in: string; name: string; required?: boolean; schema: Json }[]
  const query = parameters.flatMap((parameter) =>
    parameter.in === 'query' && parameter.required === true
      ? [`${parameter.name}=${encodeURIComponent(String(exampleOf(document, parameter.schema)))}`]
      : [],
  )
  const url = `$RINGFENCE_URL${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => `$${constantCase(name)}`)}`
  const isPublic = Array.isArray(operation.security) && operation.security.length === 0
  return [
    'curl',
    ...(method === 'get' ? [] : [`-X ${method.toUpperCase()}`]),
    `"${url}${query.length > 0 ? `?${query.join('&')}` : ''}"`,
    ...(isPublic ? [] : ['-H "Authorization: Bearer $RINGFENCE_KEY"']),
    ...bodyOf(document, operation.requestBody as Json | undefined),
  ].join(' ')
}

function bodyOf(document: Json, requestBody: Json | undefined): string[] {
  const [media] = Object.entries((requestBody?.content ?? {}) as Record<string, Json>)
  if (!media) return []
  const [type, { schema, example }] = media
  const header = `-H "Content-Type: ${type}"`
  if (type !== 'application/json') return [header, '--data-binary @deck.csv']
  const value = example ?? exampleOf(document, schema as Json)
  return [header, `-d '${JSON.stringify(value).replaceAll("'", "'\\''")}'`]
}

/** The example of a schema, else one made of the examples of its required fields. */
function exampleOf(document: Json, schema: Json): unknown {
  if (typeof schema.$ref === 'string') {
    const components = (document.components as Json).schemas as Record<string, Json>
    return exampleOf(document, components[schema.$ref.slice(PREFIX.length)] ?? {})
  }
  if (schema.example !== undefined) return schema.example
  for (const list of [schema.examples, schema.enum]) if (Array.isArray(list)) return list[0]
  if (schema.const !== undefined) return schema.const
  if (schema.default !== undefined) return schema.default
  for (const list of [schema.oneOf, schema.anyOf]) if (Array.isArray(list)) return exampleOf(document, list[0] as Json)
  switch (schema.type) {
    case 'object': {
      const properties = (schema.properties ?? {}) as Record<string, Json>
      const required = (schema.required ?? []) as string[]
      return Object.fromEntries(required.map((name) => [name, exampleOf(document, properties[name] ?? {})]))
    }
    case 'array':
      return [exampleOf(document, (schema.items ?? {}) as Json)]
    case 'integer':
      return schema.minimum ?? 1
    case 'boolean':
      return true
    default:
      return '…'
  }
}

const constantCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
