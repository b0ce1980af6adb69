import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
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
  kill(signal: 'TERM' | 'KILL'): Promise<void>
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

/**
 * Runs an image by crun as a strict cluster does: as its user, all of `/` read-only but the volume and without `/tmp`, no
 * capability, no new privileges, PID and mount namespaces of its own. The network is this machine's. The shells are
 * hidden behind empty files.
 */
export async function startContainer({ root, config }: Image, options: RunOptions): Promise<Container> {
  const { env = {}, args = config.Cmd, volume, isBare = false } = options
  const bundle = await mkdtemp(join(tmpdir(), 'partyline-bundle-'))
  const id = bundle.split('/').at(-1) ?? ''
  const [uid = 0, gid = 0] = config.User.split(':').map(Number)
  await mkdir(volume, { recursive: true })
  await chown(volume, uid, gid)
  const empty = join(bundle, 'empty')
  await writeFile(empty, '', { mode: 0o444 })
  const process = {
    user: { uid, gid },
    args: [...(isBare ? [] : config.Entrypoint), ...args],
    env: [...config.Env, ...Object.entries(env).map(pair => pair.join('='))],
    cwd: config.WorkingDir,
    noNewPrivileges: true,
    capabilities: { bounding: [], effective: [], inheritable: [], permitted: [] },
  }
  const [volumePath = '/data'] = Object.keys(config.Volumes)
  const hidden = await Promise.all(
    SHELLS.map(name => realpath(join(root, 'usr/bin', name)).catch(() => undefined)),
  ).then(files =>
    [...new Set(files.filter(file => file?.startsWith(root)))].map(file => String(file).slice(root.length)),
  )
  const mounts = [
    { destination: '/proc', type: 'proc', source: 'proc' },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'strictatime', 'mode=755', 'size=64k'] },
    { destination: volumePath, type: 'bind', source: volume, options: ['rbind', 'rw', 'nosuid', 'nodev'] },
    ...hidden.map(destination => ({ destination, type: 'bind', source: empty, options: ['bind', 'ro'] })),
  ]
  const namespaces = ['pid', 'mount', 'ipc', 'uts'].map(type => ({ type }))
  const runtime = { ociVersion: '1.0.2', process, root: { path: root, readonly: true }, mounts, linux: { namespaces } }
  await writeFile(join(bundle, 'config.json'), JSON.stringify(runtime))
  const crun = ['--root', join(bundle, 'state'), '--cgroup-manager=disabled']
  const pidFile = join(bundle, 'pid')
  const started = output('crun', [...crun, 'run', '--bundle', bundle, '--pid-file', pidFile, id])
  const ended = started.ended.finally(() => rm(bundle, { recursive: true }))
  return {
    ended,
    output: started.soFar,
    run: more => output('crun', [...crun, 'exec', id, ...more]).ended,
    async kill(signal) {
      const { code, output: said } = await output('crun', [...crun, 'kill', id, signal]).ended
      if (code !== 0) throw new Error(`crun kill: ${said}`)
    },
    async processes() {
      const first = Number(await readFile(pidFile, 'utf8'))
      const all = await allProcesses()
      const inside = new Set([first])
      // Children have their parents' place in no order, so again until nothing is new.
      for (let before = 0; before !== inside.size; ) {
        before = inside.size
        for (const { pid, parent } of all) if (inside.has(parent)) inside.add(pid)
      }
      return all.filter(({ pid }) => inside.has(pid))
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
  return { ended, soFar: () => said }
}
