import { EventEmitter, getEventListeners } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread } from 'node:worker_threads'
import type { Inside } from './samples.ts'

/**
 * Loaded into the server by the soak alone (`--import`): at each SIGUSR2 it collects the garbage, counts what the process
 * holds, and writes that to the file SOAK_FIGURES. With SOAK_LEAK_BYTES it loses so many bytes a second, to see the soak fail.
 */
const file = process.env.SOAK_FIGURES
if (isMainThread && file !== undefined && process.argv[1]?.endsWith('main.ts')) diagnose(file)

function diagnose(figures: string): void {
  const targets = everyOne<EventTarget>()
  const emitters = everyOne<EventEmitter>()
  const { addEventListener } = EventTarget.prototype
  EventTarget.prototype.addEventListener = function (this: EventTarget, ...given: Parameters<typeof addEventListener>) {
    if (this instanceof AbortSignal) targets.add(this)
    return addEventListener.apply(this, given)
  }
  for (const name of ['on', 'addListener', 'prependListener'] as const) {
    const added = EventEmitter.prototype[name]
    EventEmitter.prototype[name] = function (this: EventEmitter, ...given: Parameters<typeof added>) {
      emitters.add(this)
      return added.apply(this, given)
    }
  }
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')

  const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
  async function write(): Promise<void> {
    // What a WeakRef was asked for lives on until the turn is over.
    for (let i = 0; i < 2; i++) {
      collect()
      await turn()
    }
    const { heapUsed, external, arrayBuffers } = process.memoryUsage()
    const resources: Record<string, number> = {}
    for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1
    const listeners =
      targets.sum(target => getEventListeners(target, 'abort').length) +
      emitters.sum(emitter => emitter.eventNames().reduce((all, name) => all + emitter.listenerCount(name), 0))
    const inside: Inside = {
      heapBytes: heapUsed,
      externalBytes: external,
      arrayBytes: arrayBuffers,
      resources,
      listeners,
    }
    // Whole, or not there.
    writeFileSync(`${figures}.new`, JSON.stringify(inside))
    renameSync(`${figures}.new`, figures)
  }

  process.on('SIGUSR2', () => void write())
  const leakBytes = Number(process.env.SOAK_LEAK_BYTES ?? 0)
  const lost: Buffer[] = []
  if (leakBytes > 0) setInterval(() => lost.push(Buffer.alloc(leakBytes, 1)), 1_000).unref()
}

/** All that were added and still live. */
function everyOne<T extends object>() {
  const known = new WeakSet<T>()
  const all = new Set<WeakRef<T>>()
  return {
    add(one: T): void {
      if (known.has(one)) return
      known.add(one)
      all.add(new WeakRef(one))
    },
    sum(count: (one: T) => number): number {
      let sum = 0
      for (const ref of all) {
        const one = ref.deref()
        if (one === undefined) all.delete(ref)
        else sum += count(one)
      }
      return sum
    },
  }
}
