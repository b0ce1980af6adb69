// Writes the schemas of all kinds that an API server knows, its CRDs' too, in the form and under the names that kubeconform
// wants: node schemas-of-server.ts FOLDER, with kubectl's settings in the environment. Used by .ci/chart.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { z } from 'zod'

const [folder = ''] = process.argv.slice(2)
const index = z.object({ paths: z.record(z.string(), z.object({ serverRelativeURL: z.string() })) })
const kinds = z.array(z.object({ group: z.string(), kind: z.string(), version: z.string() }))
const api = z.object({
  components: z
    .object({ schemas: z.record(z.string(), z.record(z.string(), z.unknown())).default({}) })
    .default({ schemas: {} }),
})

const get = (path: string): unknown =>
  JSON.parse(execFileSync('kubectl', ['get', '--raw', path], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }))

/** As JSON Schema: own references, nothing beside the named fields, and null where it may be. */
function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]): readonly [string, unknown] =>
    key === '$ref' && typeof inner === 'string'
      ? [key, inner.replace('#/components/schemas/', '#/definitions/')]
      : [key, strict(inner)],
  )
  const made = Object.fromEntries(entries)
  if (made.nullable === true && typeof made.type === 'string') made.type = [made.type, 'null']
  const isClosed =
    'properties' in made && !('additionalProperties' in made) && made['x-kubernetes-preserve-unknown-fields'] !== true
  return isClosed && typeof made.properties === 'object' ? { ...made, additionalProperties: false } : made
}

mkdirSync(folder, { recursive: true })
let count = 0
for (const [path, { serverRelativeURL }] of Object.entries(index.parse(get('/openapi/v3')).paths)) {
  if (!/^apis?\/(?:[^/]+\/)?v\d/.test(path)) continue
  const { schemas } = api.parse(get(serverRelativeURL)).components
  const definitions = strict(schemas)
  for (const [name, schema] of Object.entries(schemas)) {
    const named = kinds.safeParse(schema['x-kubernetes-group-version-kind'])
    // One that several groups share is no object by itself.
    const [only, ...others] = named.success ? named.data : []
    if (!only || others.length > 0) continue
    const group = only.group === '' ? '' : `-${only.group.split('.')[0]}`
    const file = `${only.kind}${group}-${only.version}.json`.toLowerCase()
    writeFileSync(`${folder}/${file}`, JSON.stringify({ $ref: `#/definitions/${name}`, definitions }))
    count++
  }
}
console.log(`    schemas of ${count} kinds`)
