import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, constants, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { S3Settings } from '../../src/records/objects/s3.ts'

const PROGRAM = 'versitygw'
/** The version that is tested: `.ci/run` installs it. */
const INSTALL = 'go install github.com/versity/versitygw/cmd/versitygw@v1.8.0'

async function program(): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? '').split(':'), process.env.GOBIN, join(homedir(), 'go', 'bin')]
  for (const folder of folders) {
    if (!folder) continue
    const file = join(folder, PROGRAM)
    if (
      await access(file, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return file
  }
  return undefined
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port is free')
  return address.port
}

/** A real S3 store over a folder for this test file. */
export interface Gateway {
  readonly settings: S3Settings
  /** Deletes the bucket's content. */
  empty(): Promise<void>
  stop(): Promise<void>
  start(): Promise<void>
}

/**
 * Starts one if versitygw is installed, as it must be in CI. Without it, a line says that `what` was not tested, and how
 * to install it.
 */
export async function openGateway(what: string): Promise<Gateway | undefined> {
  const file = await program()
  if (file === undefined) {
    if (process.env.CI || process.env.PARTYLINE_REQUIRE_S3 === '1')
      throw new Error(`versitygw is not installed: ${INSTALL}`)
    process.stderr.write(`versitygw is not on this machine: ${what} was not tested. To install it: ${INSTALL}\n`)
    return undefined
  }
  const folder = await mkdtemp(join(tmpdir(), 'partyline-s3-'))
  const [data, sidecar, port] = [join(folder, 'data'), join(folder, 'sidecar'), await freePort()]
  const settings: S3Settings = {
    endpoint: `http://127.0.0.1:${port}`,
    ...{ bucket: 'records', region: 'us-east-1', accessKeyId: 'access', secretAccessKey: 'a-secret-of-the-test' },
  }
  let stop = async (): Promise<void> => undefined

  async function start(): Promise<void> {
    await mkdir(join(data, settings.bucket), { recursive: true })
    await mkdir(sidecar, { recursive: true })
    const keys = ['--access', settings.accessKeyId, '--secret', settings.secretAccessKey]
    const child = spawn(
      file ?? PROGRAM,
      [...keys, '--port', `127.0.0.1:${port}`, 'posix', '--sidecar', sidecar, data],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {},
      },
    )
    const exited = once(child, 'exit')
    const log: string[] = []
    child.stderr.setEncoding('utf8').on('data', (text: string) => log.push(text))
    await new Promise<void>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        log.push(text)
        // It prints its addresses when it listens.
        if (text.includes(String(port))) resolve()
      })
      child.once('error', reject).once('exit', () => reject(new Error(`versitygw did not start:\n${log.join('')}`)))
    })
    stop = async () => {
      child.kill('SIGKILL')
      await exited
    }
  }

  await start()
  afterAll(async () => {
    await stop()
    await rm(folder, { recursive: true })
  })
  return {
    settings,
    start,
    stop: () => stop(),
    empty: () =>
      rm(join(data, settings.bucket), { recursive: true })
        .then(() => mkdir(join(data, settings.bucket)))
        .then(() => undefined),
  }
}
