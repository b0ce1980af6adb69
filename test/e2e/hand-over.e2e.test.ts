import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { SANDBOX_AUTH_TOKEN } from '../../src/config.ts'
import { startSandbox } from '../../src/sandbox/process.ts'
import { type ServerProcess, startServer } from '../../src/sandbox/server-process.ts'
import { openBalancer } from '../kills/balancer.ts'
import { e2eTest, openBrowser, openLivekit, testFolder } from './rig.ts'
import { scriptMicrophone } from './scripted-microphone.ts'

const MICROPHONE = fileURLToPath(new URL('../../fixtures/calls/plain/0.wav', import.meta.url))
/** At the end of a drain what is left is handed over. */
const DRAIN_SECONDS = '1'

const log = (page: Page) => page.getByRole('log').getByRole('paragraph').allTextContents()
const saidTo = (page: Page, words: RegExp) => expect.poll(() => log(page).then(all => all.join('\n'))).toMatch(words)
const listening = (page: Page) => page.locator('.state strong', { hasText: 'Listening' }).waitFor()

async function types(page: Page, text: string): Promise<void> {
  await listening(page)
  await page.getByLabel('Type instead').fill(text)
  await page.keyboard.press('Enter')
}

/** Two servers of one database behind a load balancer, as a cluster has them, and the page at its address. */
async function twoServers() {
  const lifetime = new AbortController()
  onTestFinished(() => lifetime.abort(new Error('the test is over')))
  const { signal } = lifetime
  const folder = await testFolder()
  const balancer = openBalancer(clock)
  onTestFinished(() => balancer.close())
  const { url } = await balancer.door()
  const livekit = await openLivekit(`${url}/livekit/webhook`)
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, signal)
  onTestFinished(() => sandbox.close())
  const env = {
    ...{ LIVEKIT_URL: livekit.url, LIVEKIT_API_KEY: livekit.apiKey, LIVEKIT_API_SECRET: livekit.apiSecret },
    ...{ AGENT: 'task-manager', DATABASE_URL: `sqlite:${join(folder, 'shared.sqlite')}` },
    ...{ PUBLIC_URL: url, TRUST_PROXY: '127.0.0.1', DRAIN_SECONDS },
  }
  async function start(name: string): Promise<ServerProcess> {
    const dataDir = join(folder, name)
    const server = await startServer({ sandbox, dataDir, authToken: SANDBOX_AUTH_TOKEN, env }, clock, signal)
    onTestFinished(async () => void (await server.close()))
    balancer.add(server.url)
    return server
  }
  return { url, start, balancer }
}

const ENDS = {
  'is taken down': (server: ServerProcess) => server.close(),
  'is killed': (server: ServerProcess) => {
    process.kill(server.pid, 'SIGKILL')
    return server.ended
  },
}

e2eTest.each(['is taken down', 'is killed'] as const)(
  'the conversation of a page goes on at another server when its own %s',
  async how => {
    const { url, start, balancer } = await twoServers()
    const first = await start('one')
    const context = await openBrowser({ microphone: MICROPHONE })
    await scriptMicrophone(context)
    const page = await context.newPage()
    await page.goto(url)
    await page.getByRole('button', { name: 'Talk', exact: true }).click()
    await saidTo(page, /How can I help/)
    await types(page, 'Add buy milk to my tasks.')
    await saidTo(page, /Added: buy milk/i)
    await listening(page)

    const second = await start('two')
    const ended = ENDS[how](first)
    await saidTo(page, /Welcome back/)
    await types(page, 'What are my tasks?')
    // It knows what was made before.
    await saidTo(page, /Welcome back[\s\S]*buy milk/i)
    expect((await ended).code).toBe(how === 'is killed' ? null : 0)
    balancer.remove(first.url)
    await listening(page)
    await page.getByRole('button', { name: 'Leave', exact: true }).click()
    await page.getByRole('button', { name: 'Talk', exact: true }).waitFor()
    expect((await second.close()).code).toBe(0)
  },
)
