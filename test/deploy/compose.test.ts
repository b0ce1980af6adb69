import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { readSettings, SETTING_NAMES } from '../../src/config.ts'

const ROOT = join(import.meta.dirname, '../..')
const TEXT = readFileSync(join(ROOT, 'compose.yaml'), 'utf8')

const service = z.object({
  image: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  network_mode: z.string().optional(),
  restart: z.string(),
  ulimits: z.object({ core: z.number() }),
  healthcheck: z.object({ test: z.array(z.string()).min(2) }).optional(),
})
const { services, volumes } = z
  .object({ services: z.record(z.string(), service), volumes: z.record(z.string(), z.null()) })
  .parse(parse(TEXT, { merge: true }))

const all = Object.entries(services)

/** What compose makes of a value. */
const filled = (value: string, given: Readonly<Record<string, string>>): string =>
  value.replaceAll(/\$\{(\w+)(?::[-?]([^}]*))?\}/g, (_, name: string, other: string) => given[name] ?? other)

test('every service has a health check, and starts again', () => {
  expect(Object.keys(services).toSorted()).toEqual(
    ['partyline', 'postgres', 'livekit', 'versitygw', 'prometheus', 'grafana'].toSorted(),
  )
  // The server's is the image's own.
  expect(all.filter(([, { healthcheck }]) => !healthcheck).map(([name]) => name)).toEqual(['partyline'])
  expect(all.filter(([, { restart }]) => restart !== 'unless-stopped')).toEqual([])
  // What a process held is in its core dump.
  expect(all.filter(([, { ulimits }]) => ulimits.core !== 0)).toEqual([])
})

test('every port is open on this machine alone, if nothing else is said', () => {
  const ports = all.flatMap(([, each]) => each.ports)
  expect(ports.length).toBeGreaterThan(4)
  expect(ports.filter(port => !/^(?:127\.0\.0\.1|\$\{[A-Z_]+:-127\.0\.0\.1\}):\d+:\d+(?:\/udp)?$/.test(port))).toEqual(
    [],
  )
})

test('no password has a default', () => {
  const values = all.flatMap(([name, { environment }]) =>
    Object.entries(environment).map(([key, value]) => ({ at: `${name} ${key}`, key, value })),
  )
  const secrets = values.filter(({ key }) => /PASSWORD|SECRET|TOKEN|DATABASE_URL|_KEYS$/.test(key))
  expect(secrets.length).toBeGreaterThan(6)
  expect(secrets.filter(({ value }) => !/\$\{[A-Z0-9_]+:\?/.test(value)).map(({ at }) => at)).toEqual([])
  // Each is explained once, where it is asked for first.
  const names = new Set([...TEXT.matchAll(/\$\{([A-Z0-9_]+):\?/g)].map(([, name]) => name))
  for (const name of names) expect(TEXT).toMatch(new RegExp(`\\$\\{${name}:\\?make one with`))
})

test('what is mounted and waited for is there', () => {
  const sources = all.flatMap(([, each]) => each.volumes.map(volume => volume.split(':')[0] ?? ''))
  const files = sources.filter(source => source.startsWith('./'))
  expect(files).toContain('./helm/partyline/rules')
  expect(files.filter(file => !existsSync(join(ROOT, file)))).toEqual([])
  expect(sources.filter(source => !source.startsWith('./')).toSorted()).toEqual(Object.keys(volumes).toSorted())
  const others = all.flatMap(([, each]) => [
    ...Object.keys(each.depends_on),
    ...(each.network_mode ? [each.network_mode.replace('service:', '')] : []),
  ])
  expect(others.filter(name => !(name in services))).toEqual([])
})

test('the server takes the settings that it is given', () => {
  const secret = 'a'.repeat(64)
  const given = {
    POSTGRES_PASSWORD: secret,
    RECORDS_SECRET: secret,
    LIVEKIT_API_SECRET: secret,
    S3_SECRET_ACCESS_KEY: secret,
  }
  const environment = Object.fromEntries(
    Object.entries(services.partyline?.environment ?? {}).map(([name, value]) => [name, filled(value, given)]),
  )
  expect(Object.keys(environment).filter(name => !SETTING_NAMES.includes(name))).toEqual([])
  const own = { PUBLIC_URL: 'https://voice.example.com', TWILIO_AUTH_TOKEN: 'a-token' }
  const keys = { DEEPGRAM_API_KEY: 'key', OPENAI_API_KEY: 'key', CARTESIA_API_KEY: 'key' }
  const settings = readSettings({ NODE_ENV: 'production', ...own, ...keys, ...environment })
  expect(settings.DATABASE_URL).toBe(`postgres://partyline:${secret}@postgres/partyline`)
  expect(settings.DATA_DIR).toBe('/data')
  expect(settings.livekit?.url).toBe('ws://127.0.0.1:7880')
  expect(settings.s3).toMatchObject({ bucket: 'records', secretAccessKey: secret })
})

test('what Prometheus, Grafana and LiveKit are told fits together', () => {
  const read = (file: string): unknown => parse(readFileSync(join(ROOT, 'deploy', file), 'utf8'))
  const { METRICS_PORT, PORT } = services.partyline?.environment ?? {}
  expect(read('prometheus.yml')).toMatchObject({
    scrape_configs: [{ static_configs: [{ targets: [`partyline:${METRICS_PORT}`] }] }],
  })
  expect(read('grafana/datasources.yaml')).toMatchObject({ datasources: [{ url: 'http://prometheus:9090' }] })
  expect(services.grafana?.volumes).toContain('./helm/partyline/dashboards:/var/lib/grafana/dashboards:ro')
  expect(read('grafana/dashboards.yaml')).toMatchObject({
    providers: [{ options: { path: '/var/lib/grafana/dashboards' } }],
  })
  expect(read('livekit.yaml')).toMatchObject({
    webhook: { api_key: 'partyline', urls: [`http://127.0.0.1:${PORT}/livekit/webhook`] },
  })
  expect(services.livekit?.environment.LIVEKIT_KEYS).toMatch(/^partyline: \$\{LIVEKIT_API_SECRET/)
})
