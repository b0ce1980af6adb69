import { useMemo, useSyncExternalStore } from 'react'
import { type Route, routeOf } from './route.ts'

const listeners = new Set<() => void>()
const changed = (): void => {
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  window.addEventListener('popstate', listener)
  return () => {
    listeners.delete(listener)
    window.removeEventListener('popstate', listener)
  }
}

/** Goes to another address of the console without loading the page anew. */
export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  if (to === location.pathname + location.search) return
  const state = { from: location.pathname + location.search }
  if (how === 'push') history.pushState(state, '', to)
  else history.replaceState(history.state, '', to)
  changed()
}

/** The list of calls as one left it, where one came from there. */
export function listBefore(): string {
  const from: unknown = history.state?.from
  return typeof from === 'string' && /^\/staff(?:\?|$)/.test(from) ? from : '/staff'
}

/** Where the address says that we are. */
export function useRoute(): Route {
  const address = useSyncExternalStore(subscribe, () => location.pathname + location.search)
  return useMemo(() => {
    const { pathname, search } = new URL(address, location.origin)
    return routeOf(pathname, search)
  }, [address])
}
