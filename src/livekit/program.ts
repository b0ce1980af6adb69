import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { reasonOf } from '../failure-reason.ts'
import { runChild } from './child.ts'
import { buildLivekit } from './go-build.ts'

/** The version that Docker gets; go/go.mod names the same. */
const LIVEKIT_VERSION = '1.13.5'
const IMAGE = `livekit/livekit-server:v${LIVEKIT_VERSION}`

/** A LiveKit server that this machine can run. */
export type LivekitProgram =
  | { readonly kind: 'installed'; readonly file: string }
  | { readonly kind: 'docker'; readonly docker: string; readonly image: string }
  | { readonly kind: 'built'; readonly file: string }

export interface ProgramSearch {
  /** The environment of the programs that are asked; its PATH says where they are. */
  readonly env: NodeJS.ProcessEnv
  /** Where Go may be besides the PATH. */
  readonly goFiles: readonly string[]
  /** The folder that keeps what Go builds. */
  readonly cacheDir: string
  readonly progress: (line: string) => void
}

/** Where to look on this machine. */
export function thisMachine(env: NodeJS.ProcessEnv, progress: (line: string) => void): ProgramSearch {
  const cacheDir = fileURLToPath(new URL('../../node_modules/.cache/livekit', import.meta.url))
  return { env, goFiles: ['/usr/local/go/bin/go'], cacheDir, progress }
}

/** This machine has no LiveKit server and no means to get one. The message says what there is and what to install. */
export class NoLivekitError extends Error {
  override readonly name = 'NoLivekitError'
}

/**
 * The LiveKit server of this machine: the one on the PATH, else Docker's where its daemon answers and has or gets the
 * image, else the one that Go builds. Throws NoLivekitError when there is none of the three.
 */
export async function findLivekit(search: ProgramSearch, signal: AbortSignal): Promise<LivekitProgram> {
  const { env, progress } = search
  const installed = onPath('livekit-server', env)
  if (installed !== undefined) return { kind: 'installed', file: installed }
  const missing = ['no livekit-server is on the PATH']
  const docker = onPath('docker', env)
  const noDocker =
    docker === undefined ? 'Docker is not on the PATH' : await whyNotDocker(docker, env, progress, signal)
  if (docker !== undefined && noDocker === undefined) return { kind: 'docker', docker, image: IMAGE }
  missing.push(String(noDocker))
  const go = onPath('go', env) ?? search.goFiles.find(isRunnable)
  if (go === undefined) missing.push('Go is not on the PATH')
  else {
    try {
      return { kind: 'built', file: await buildLivekit({ go, cacheDir: search.cacheDir, env, progress }, signal) }
    } catch (error) {
      signal.throwIfAborted()
      missing.push(reasonOf(error))
    }
  }
  throw new NoLivekitError(`There is no LiveKit server here: ${missing.join('; ')}.\n${INSTALL}`)
}

const INSTALL = `Have one of these, then try again:
  livekit-server on the PATH: https://docs.livekit.io/home/self-hosting/local
  Docker, running: https://docs.docker.com/get-started/get-docker
  Go 1.21 or newer, which builds it once: https://go.dev/doc/install`

/** Which one it is, for people. */
export function programName(program: LivekitProgram): string {
  switch (program.kind) {
    case 'installed':
      return program.file
    case 'docker':
      return `Docker's ${program.image}`
    case 'built':
      return `the LiveKit server ${LIVEKIT_VERSION} that Go built (${program.file})`
  }
}

/** Why Docker cannot run the image; undefined when it can. */
async function whyNotDocker(
  docker: string,
  env: NodeJS.ProcessEnv,
  progress: (line: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const isDone = async (...args: readonly string[]): Promise<boolean> =>
    (await runChild(docker, args, { env }, signal)).code === 0
  try {
    if (!(await isDone('version', '--format', '{{.Server.Version}}'))) return "Docker's daemon does not answer"
    if (await isDone('image', 'inspect', IMAGE)) return undefined
    progress(`Docker gets ${IMAGE}, once …`)
    return (await isDone('pull', '--quiet', IMAGE)) ? undefined : `Docker cannot get ${IMAGE}`
  } catch (error) {
    signal.throwIfAborted()
    return `Docker cannot be run: ${reasonOf(error)}`
  }
}

/** The program's file in the first folder of the PATH that has it. */
export function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const folders = (env.PATH ?? '').split(delimiter).filter(folder => folder !== '')
  return folders.map(folder => join(folder, name)).find(isRunnable)
}

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
