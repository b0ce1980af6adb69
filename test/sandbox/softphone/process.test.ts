import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { startSandbox } from '../../../src/sandbox/process.ts'
import { openPage } from './page.ts'

const MAIN = fileURLToPath(new URL('../../../src/sandbox/main.ts', import.meta.url))
const never = new AbortController().signal

test('the sandbox’s process rings the server that it is told, and another one when it is told again', async () => {
  const sandbox = await startSandbox({ port: 0, profile: 'fast' }, never)
  onTestFinished(() => sandbox.close())
  const page = await openPage(sandbox.twilioUrl)
  expect(await page.told('server')).toMatchObject({ url: '', ready: false })
  const server = { publicUrl: 'https://agent.example.com', authToken: 'secret' }
  for (const url of ['http://127.0.0.1:9', 'http://127.0.0.1:10']) {
    sandbox.ringsAt({ ...server, url })
    await page.told('server', seen => seen.url === url)
  }
  expect(JSON.stringify(page.messages)).not.toContain('secret')
  page.close()
})

test.each([
  [['--url', 'localhost:8080'], '--url localhost:8080: it must be a URL with http or https'],
  [['--url', 'http://x', '--public-url', 'ftp://y'], '--public-url ftp://y: it must be a URL with http or https'],
])('what is no address is refused: %j', async (args, problem) => {
  const child = spawn(process.execPath, [MAIN, '--port', '0', ...args], { stdio: ['pipe', 'ignore', 'pipe'] })
  const said = text(child.stderr)
  const [code] = await once(child, 'close')
  expect([code, await said]).toEqual([1, expect.stringContaining(problem)])
})
