import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'

/** Modules that are loaded anew when their importer is. */
export interface FreshModules {
  /** The files that were loaded with a version so far. */
  files(): readonly string[]
  close(): void
}

const VERSION = 'v'
const isOwn = (specifier: string): boolean => /^(?:\.{0,2}\/|file:)/.test(specifier)

/**
 * What a module of a version (`pizza.ts?v=3`) imports by a path has that version too, so that a change of a file which agents
 * share is seen. Packages, and with them the server, are loaded once. Node keeps the earlier modules until the process ends.
 */
export function freshModules(): FreshModules {
  const files = new Set<string>()
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const resolved = next(specifier, context)
      if (!resolved.url.startsWith('file:')) return resolved
      const version = versionOf(specifier) ?? (isOwn(specifier) ? versionOf(context.parentURL) : undefined)
      if (version === undefined || resolved.url.includes('/node_modules/')) return resolved
      const url = new URL(resolved.url)
      url.searchParams.set(VERSION, version)
      files.add(fileURLToPath(url))
      return { ...resolved, url: url.href }
    },
  })
  return { files: () => [...files], close: () => hooks.deregister() }
}

const versionOf = (url: string | undefined): string | undefined =>
  url?.startsWith('file:') && URL.canParse(url) ? (new URL(url).searchParams.get(VERSION) ?? undefined) : undefined
