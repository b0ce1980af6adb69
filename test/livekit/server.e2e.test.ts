import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readFile, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Room } from '@livekit/rtc-node'
import { RoomServiceClient, type WebhookEvent, WebhookReceiver } from 'livekit-server-sdk'
import { expect, inject, onTestFinished } from 'vitest'
import { systemClock as clock } from '../../src/clock.ts'
import { freeTcpPort, freeUdpPort, type LivekitServer, startLivekitAt } from '../../src/livekit/server.ts'
import { COMPILED } from '../compiled.ts'
import { e2eTest, openLivekit, testFolder, tokenFor } from '../e2e/rig.ts'

const COMMAND = fileURLToPath(new URL('../../src/livekit/command.ts', import.meta.url))
const { signal: never } = new AbortController()
const IDENTITY = 'somebody'
const SECRET = 'a secret of more than 32 letters, as it must be'

async function enter(livekit: LivekitServer): Promise<Room> {
  const room = new Room()
  const token = await tokenFor(livekit, 'room', IDENTITY)
  await room.connect(livekit.url, token, { autoSubscribe: true, dynacast: false })
  onTestFinished(() => room.disconnect())
  return room
}

const answers = (url: string): Promise<boolean> =>
  fetch(url.replace('ws', 'http')).then(
    response => response.ok,
    () => false,
  )

async function untilGone(url: string): Promise<void> {
  while (await answers(url)) await clock.sleep(20, never)
}

/** Goes on reading afterwards: a child whose output is closed fails when it prints. */
function untilPrinted(child: ChildProcess, pattern: RegExp): Promise<void> {
  let printed = ''
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', data => {
      printed += data
      if (pattern.test(printed)) resolve()
    })
    child.once('close', () => reject(new Error(`it ended, and printed only: ${printed}`)))
  })
}

/** `npm run livekit` as a process, without npm. It finds the LiveKit server that all these tests use. */
async function command(port: number, programs: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [COMMAND, '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...COMPILED, PATH: `${programs}${delimiter}${process.env.PATH}` },
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'close')
  })
  return child
}

/** A folder with one program: these lines, run by this Node or by the shell. */
async function program(name: string, interpreter: string, ...lines: readonly string[]): Promise<string> {
  const folder = await testFolder()
  await writeFile(join(folder, name), [`#!${interpreter}`, ...lines, ''].join('\n'))
  await chmod(join(folder, name), 0o755)
  return folder
}

const livekitFile = (): string => {
  const livekit = inject('pieces')?.livekit
  return livekit === undefined || livekit.kind === 'docker' ? '' : livekit.file
}
const fileTest = livekitFile() === '' ? e2eTest.skip : e2eTest

e2eTest('several run at once, each with its own ports and keys, and end although somebody is in a room', async () => {
  const [one, other] = await Promise.all([openLivekit(), openLivekit()])
  await expect(new RoomServiceClient(one.url, other.apiKey, other.apiSecret).listRooms()).rejects.toThrow()
  await enter(one)
  await one.close()
  expect([await answers(one.url), await answers(other.url)]).toEqual([false, true])
})

e2eTest('it tells the webhook who came, signed with its key', async () => {
  const hook = createServer()
  const events: string[] = []
  hook.listen(0, '127.0.0.1')
  onTestFinished(() => void hook.close())
  await once(hook, 'listening')
  const address = hook.address()
  if (address === null || typeof address === 'string') throw new Error('the webhook has no port')
  const livekit = await openLivekit(`http://127.0.0.1:${address.port}/livekit/webhook`)
  const receiver = new WebhookReceiver(livekit.apiKey, livekit.apiSecret)
  const joined = new Promise<WebhookEvent>((resolve, reject) => {
    hook.on('request', (request: IncomingMessage, response: ServerResponse) => {
      response.end()
      textOf(request)
        .then(body => receiver.receive(body, request.headers.authorization))
        .then(event => (event.event === 'participant_joined' ? resolve(event) : events.push(event.event)))
        .catch(reject)
    })
  })
  await enter(livekit)
  expect((await joined).participant?.identity).toBe(IDENTITY)
  expect(events).toContain('room_started')
})

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

fileTest('the command says when it is ready and who has the port; it ends with Ctrl-C', async () => {
  const port = await freeTcpPort()
  const programs = await program('livekit-server', '/bin/sh', `exec '${livekitFile()}'`)
  const child = await command(port, programs)
  await untilPrinted(child, new RegExp(`LiveKit is ready at ws://127\\.0\\.0\\.1:${port}: `))
  const second = await command(port, programs)
  const complaint = once(second.stderr ?? second, 'data')
  expect((await once(second, 'close'))[0]).toBe(1)
  expect(String(await complaint)).toBe(
    `Port ${port} is in use: a LiveKit server with the laptop's keys is already ready there.\n`,
  )
  child.kill('SIGINT')
  expect((await once(child, 'close'))[0]).toBe(0)
  expect(await answers(`http://127.0.0.1:${port}`)).toBe(false)
})

fileTest('a command that is killed takes its server with it', async () => {
  const port = await freeTcpPort()
  const child = await command(port, await program('livekit-server', '/bin/sh', `exec '${livekitFile()}'`))
  await untilPrinted(child, /LiveKit is ready/)
  child.kill('SIGKILL')
  await untilGone(`http://127.0.0.1:${port}`)
})

fileTest(
  'Docker runs the image on the host’s network, and its container is removed where a signal does not help',
  async () => {
    const folder = await testFolder()
    const [notes, pid] = [join(folder, 'notes'), join(folder, 'pid')]
    const docker = await program(
      'docker',
      '/bin/sh',
      `echo "$@" >> '${notes}'`,
      'case $1 in',
      // Docker's client ignores signals, as it does where the daemon hangs; the server runs apart from it.
      `run) trap '' TERM; '${livekitFile()}' & echo $! > '${pid}'; wait ;;`,
      `rm) kill -KILL "$(cat '${pid}')" ;;`,
      'esac',
    )
    const image = 'livekit/livekit-server:v1.13.5'
    const [port, udpPort] = await Promise.all([freeTcpPort(), freeUdpPort()])
    const server = await startLivekitAt(
      {
        program: { kind: 'docker', docker: join(docker, 'docker'), image },
        env: process.env,
        settings: { port, udpPort, apiKey: 'test', apiSecret: SECRET },
      },
      clock,
      never,
    )
    await server.close()
    expect((await readFile(notes, 'utf8')).trim().split('\n')).toEqual([
      `run --rm --name partyline-livekit-${port} --network host --env LIVEKIT_CONFIG ${image}`,
      `rm --force partyline-livekit-${port}`,
    ])
  },
)

e2eTest('one that is no longer wanted while it starts is ended first, even if it ignores the signal', async () => {
  const folder = await testFolder()
  const alive = join(folder, 'pid')
  const stubborn = await program(
    'livekit-server',
    process.execPath,
    `process.on('SIGTERM', () => {})`,
    `require('node:fs').writeFileSync(${JSON.stringify(alive)}, String(process.pid))`,
    'setInterval(() => {}, 60_000)',
  )
  const wanted = new AbortController()
  const [port, udpPort] = await Promise.all([freeTcpPort(), freeUdpPort()])
  const starting = startLivekitAt(
    {
      program: { kind: 'installed', file: join(stubborn, 'livekit-server') },
      env: process.env,
      settings: { port, udpPort, apiKey: 'test', apiSecret: SECRET },
    },
    clock,
    wanted.signal,
  )
  const rejected = expect(starting).rejects.toThrow('no longer wanted')
  while ((await readFile(alive, 'utf8').catch(() => '')) === '') await clock.sleep(20, never)
  wanted.abort(new Error('no longer wanted'))
  await rejected
  const pid = Number(await readFile(alive, 'utf8'))
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

e2eTest('a program that cannot be started is named', async () => {
  const settings = { port: 7_880, udpPort: 7_882, apiKey: 'test', apiSecret: SECRET }
  const program = { kind: 'installed', file: '/nowhere/livekit-server' } as const
  await expect(startLivekitAt({ program, env: process.env, settings }, clock, never)).rejects.toThrow(
    '/nowhere/livekit-server cannot be started: there is no such file or folder',
  )
})

e2eTest('a port that another program took meanwhile is told by LiveKit itself', async () => {
  const first = await openLivekit()
  const program = inject('pieces')?.livekit
  if (program === undefined) throw new Error('there is no LiveKit server')
  const port = Number(new URL(first.url).port)
  const settings = { port, udpPort: await freeUdpPort(), apiKey: 'test', apiSecret: SECRET }
  await expect(startLivekitAt({ program, env: process.env, settings }, clock, never)).rejects.toThrow(
    /^LiveKit ended before it was ready \(\w+\): .*address already in use/,
  )
})
