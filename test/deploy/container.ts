import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'

/** What of an image's configuration decides how it is run. */
export interface ImageConfig {
  readonly User: string
  readonly Env: readonly string[]
  readonly Entrypoint: readonly string[]
  readonly Cmd: readonly string[]
  readonly WorkingDir: string
  readonly Volumes: Readonly<Record<string, object>>
  readonly Labels: Readonly<Record<string, string>>
  readonly ExposedPorts: Readonly<Record<string, object>>
  readonly Healthcheck: { readonly Test: readonly string[]; readonly Timeout: number }
}

/** An image whose files lie in a folder. */
export interface Image {
  readonly root: string
  readonly config: ImageConfig
}

export interface Ended {
  /** As a shell has it: 128 and the signal's number after a signal. */
  readonly code: number | null
  readonly output: string
}

export interface Container {
  /** Runs a program beside what runs, as the image's user. */
  run(args: readonly string[]): Promise<Ended>
  /** To PID 1. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Each process of the container with its state, such as S or Z, from `/proc`. */
  processes(): Promise<readonly { readonly pid: number; readonly parent: number; readonly state: string }[]>
  /** What it printed so far. */
  output(): string
  readonly ended: Promise<Ended>
}

export interface RunOptions {
  /** More environment than the image's. */
  readonly env?: Readonly<Record<string, string>>
  /** In place of the image's command. */
  readonly args?: readonly string[]
  /** The folder that is the one volume; it is given to the image's user, as engines do with new volumes. */
  readonly volume: string
  /** Without an entrypoint `args` is PID 1. */
  readonly isBare?: boolean
}

const SHELLS = ['bash', 'dash', 'rbash', 'sh', 'busybox']
const CONTAINED = join(import.meta.dirname, 'contained.sh')

/**
 * Runs an image as a strict cluster does: as its user, all of `/` read-only but the volume and without a `/tmp` of its own,
 * no capabilities and no way to get any, with PID, mount, IPC and host name namespaces of its own. The network is this
 * machine's, and so are its limits. The shells are hidden behind empty files. Must be root, and needs no engine.
 */
export async function startContainer({ root, config }: Image, options: RunOptions): Promise<Container> {
  const { env = {}, args = config.Cmd, volume, isBare = false } = options
  const [uid = 0, gid = 0] = config.User.split(':').map(Number)
  await mkdir(volume, { recursive: true })
  await chown(volume, uid, gid)
  const [volumePath = '/data'] = Object.keys(config.Volumes)
  const shells = await Promise.all(SHELLS.map(name => realpath(join(root, 'usr/bin', name)).catch(() => root)))
  const hidden = [...new Set(shells.map(file => file.slice(root.length)))].filter(path => path !== '')
  const variables = [...config.Env, ...Object.entries(env).map(pair => pair.join('='))]
  /** The way into the root, from where all of the machine is seen. */
  const inside = (words: readonly string[]): readonly string[] => [
    ...['setpriv', '--no-new-privs', '--inh-caps=-all'],
    ...['chroot', `--userspec=${uid}:${gid}`, `--groups=${gid}`, root],
    ...['/usr/bin/env', '--ignore-environment', `--chdir=${config.WorkingDir}`, ...variables, ...words],
  ]
  const namespaces = ['--mount', '--pid', '--ipc', '--uts']
  const started = output('unshare', [
    ...[...namespaces, '--fork', '--kill-child=KILL', CONTAINED, root, volume, volumePath, ...hidden, '--'],
    ...inside([...(isBare ? [] : config.Entrypoint), ...args]),
  ])
  const first = async (): Promise<number> => {
    const pid = (await allProcesses()).find(({ parent }) => parent === started.pid)?.pid
    if (pid === undefined) throw new Error('the container does not run')
    return pid
  }
  return {
    ended: started.ended,
    output: started.soFar,
    async run(words) {
      return output('nsenter', [`--target=${await first()}`, ...namespaces, ...inside(words)]).ended
    },
    async kill(signal) {
      process.kill(await first(), signal)
    },
    async processes() {
      const all = await allProcesses()
      const found = new Set([await first()])
      // They stand in no order, so again until nothing is new.
      for (let before = 0; before !== found.size; ) {
        before = found.size
        for (const { pid, parent } of all) if (found.has(parent)) found.add(pid)
      }
      return all.filter(({ pid }) => found.has(pid))
    },
  }
}

async function allProcesses() {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name))
  const stats = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
  return stats
    .filter(stat => stat !== '')
    .map(stat => {
      // The program's name, in brackets, may hold anything.
      const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return { pid: Number.parseInt(stat, 10), parent: Number(parent), state }
    })
}

/** Runs a program with nothing to read, and gathers what it prints. */
export function output(command: string, args: readonly string[], env = process.env) {
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'], env })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-200_000)
    })
  const ended = once(child, 'close').then(([code]): Ended => ({ code, output: said }))
  return { pid: child.pid, ended, soFar: () => said }
}
