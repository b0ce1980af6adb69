import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** What of prom-client a process has loaded after it has opened the metrics of these settings. */
async function loaded(port: number | undefined): Promise<readonly string[]> {
  const at = (path: string): string => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href)
  const script = `
    import { registerHooks } from 'node:module'
    const loaded = []
    registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
    const { serverMetrics } = await import(${at('metrics/server-metrics.ts')})
    await import(${at('partyline.ts')})
    const settings = { METRICS_PORT: ${port}, MAX_CALLS: 1, providers: { TTS: [] }, models: { speechToText: 'nova-3', model: 'a', sight: 'b' } }
    const none = async () => []
    await serverMetrics({ settings, agent: { name: 'a' }, tools: { specs: [] }, ownTools: [], voice: 'c', live: () => [], reasonsNotReady: none, degraded: none })
    console.log(JSON.stringify(loaded.filter(url => url.includes('/prom-client/'))))
    process.exit(0)`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
  return JSON.parse(stdout)
}

test('the library of metrics is loaded only where a port for them is set', async () => {
  expect(await loaded(undefined)).toEqual([])
  expect((await loaded(0)).length).toBeGreaterThan(5)
})
