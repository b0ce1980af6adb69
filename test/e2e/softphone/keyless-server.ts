import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import { earsModel, TEST_MODELS_DIR } from '../../models/ears-model.ts'
import { testFolder } from '../rig.ts'

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))

/** A server as `npm start` makes it where no key is set and `npm run models` was run. */
export interface KeylessServer {
  readonly url: string
  /** The address that it prints to talk to it. */
  readonly softphoneUrl: string
  readonly dataDir: string
  /** All that it has printed. */
  log(): string
}

/** Starts it, and waits until it takes calls. It ends after the test. */
export async function openKeylessServer(): Promise<KeylessServer> {
  await earsModel()
  const [dataDir, folder] = await Promise.all([testFolder(), testFolder()])
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const child = spawn(process.execPath, [MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // No .env of whoever runs the test.
    cwd: folder,
    env: { PATH, NODE_COMPILE_CACHE, PORT: '0', DATA_DIR: dataDir, MODELS_DIR: TEST_MODELS_DIR },
  })
  const closed = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await closed
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      log = (log + text).slice(-200_000)
    })
  }
  const printed = async (pattern: RegExp): Promise<string> => {
    await expect.poll(() => log).toMatch(pattern)
    return pattern.exec(log)?.[1] ?? ''
  }
  const url = await printed(/"url":"(http:[^"]+)"[^\n]*"listening"/)
  const softphoneUrl = await printed(/^Talk to it: (\S+)$/m)
  await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200)
  return { url, softphoneUrl, dataDir, log: () => log }
}
