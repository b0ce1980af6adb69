// The settings that a release gives its servers, as `kubectl get configmap,deployment -o json` has them on standard input,
// are read as the server reads them. Used by .ci/chart.
import { text } from 'node:stream/consumers'
import { z } from 'zod'
import { readSettings, SettingsError } from '../../src/config.ts'

const objects = z.object({
  items: z.array(
    z.union([
      z.object({ kind: z.literal('ConfigMap'), data: z.record(z.string(), z.string()) }),
      z.object({
        kind: z.literal('Deployment'),
        spec: z.object({
          template: z.object({
            spec: z.object({
              containers: z.array(z.object({ env: z.array(z.object({ name: z.string() })).default([]) })),
            }),
          }),
        }),
      }),
    ]),
  ),
})

/** What a Secret has, for this purpose: each in the shape that the server wants. */
function secretOf(name: string): string {
  if (name === 'DATABASE_URL') return 'postgres://user:password@host/database'
  if (name.startsWith('STAFF_')) return ''
  if (name.endsWith('_HEADERS')) return 'authorization=Bearer%20x'
  return 'x'.repeat(48)
}

const { items } = objects.parse(JSON.parse(await text(process.stdin)))
const environment = Object.fromEntries(
  items.flatMap(object =>
    object.kind === 'ConfigMap'
      ? Object.entries(object.data)
      : (object.spec.template.spec.containers[0]?.env ?? []).map(({ name }) => [name, secretOf(name)]),
  ),
)
// Where there is no LiveKit server or OpenID provider, or no bucket, there are no keys of theirs.
for (const [base, keys] of [
  ['LIVEKIT_URL', /^LIVEKIT_/],
  ['OIDC_ISSUER', /^OIDC_CLIENT_/],
  ['S3_BUCKET', /^S3_/],
] as const) {
  if (environment[base] !== undefined) continue
  for (const name of Object.keys(environment)) if (keys.test(name)) delete environment[name]
}
try {
  const { MAX_CALLS: calls, DRAIN_SECONDS: seconds, PUBLIC_URL: url } = readSettings(environment)
  console.log(`    the server takes its settings: ${url}, ${calls} calls, ${seconds} s to drain`)
} catch (error) {
  console.error(error instanceof SettingsError ? error.problems.join('\n') : error)
  process.exitCode = 1
}
