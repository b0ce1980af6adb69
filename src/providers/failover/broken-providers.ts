import type { BreakerChange } from './breaker.ts'
import type { FailoverPort } from './candidate.ts'

/** Where operators are told. */
export interface BreakerLog {
  warn(fields: object, message: string): void
  info(fields: object, message: string): void
}

/** Which providers are taken for broken now. */
export interface BrokenProviders {
  /** Is told each change of a breaker. */
  readonly changed: BreakerChange
  readonly list: () => readonly { readonly port: FailoverPort; readonly name: string }[]
}

/** Logs once when a provider is taken for broken, and once when it works again, however often it is probed meanwhile. */
export function brokenProviders(log: BreakerLog): BrokenProviders {
  const broken = new Map<string, { readonly port: FailoverPort; readonly name: string }>()
  return {
    changed(port, name, state) {
      const key = `${port} ${name}`
      const isKnown = broken.has(key)
      if (state === 'closed') {
        broken.delete(key)
        if (isKnown) log.info({ port, provider: name }, 'a provider works again: calls use it')
        return
      }
      if (isKnown) return
      broken.set(key, { port, name })
      log.warn(
        { port, provider: name },
        'a provider fails: new requests go to the next one, until a probe finds it works',
      )
    },
    list: () => [...broken.values()],
  }
}
