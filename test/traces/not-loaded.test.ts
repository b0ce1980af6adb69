import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** What of OpenTelemetry a process has loaded after it has opened the traces of these settings. */
async function loaded(endpoint: string | undefined): Promise<readonly string[]> {
  const at = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href)
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
    const { tracesOf } = await import(${at('traces/open-traces.ts')})
    const { systemClock: clock } = await import(${at('clock.ts')})
    await import(${at('answer.ts')})
    const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: ${JSON.stringify(endpoint)}, OTEL_EXPORTER_OTLP_HEADERS: {}, OTEL_SERVICE_NAME: 'a', models: { model: 'b' }, NODE_ENV: 'test' }
    await tracesOf(settings, 'http://127.0.0.1:1', { clock, log: console, version: '1' })
    console.log(JSON.stringify(loaded.filter(url => url.includes('/@opentelemetry/'))))
    process.exit(0)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  return JSON.parse(stdout)
}

test('nothing of OpenTelemetry is loaded where no collector is set', async () => {
  expect(await loaded(undefined)).toEqual([])
  expect((await loaded('http://127.0.0.1:1')).length).toBeGreaterThan(5)
})
