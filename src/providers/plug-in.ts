import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { AnyEntry } from './catalogue/catalogue.ts'
import type { Port } from './entry.ts'

/** A plug-in that cannot be used. Its message says which, why, and what to do. */
export class PlugInError extends Error {
  override readonly name = 'PlugInError'
}

const named = { name: z.string().regex(/^[A-Z][A-Z\d_]*$/, 'must be the name of an environment variable') }
const setting = z.discriminatedUnion('kind', [
  z.object({ ...named, kind: z.literal('secret'), optional: z.literal(true).optional() }),
  z.object({ ...named, kind: z.literal('url'), default: z.url(), protocols: z.array(z.string().endsWith(':')).min(1) }),
  z.object({
    ...named,
    kind: z.literal('text'),
    default: z.string().optional(),
    optional: z.literal(true).optional(),
    oneOf: z.array(z.string()).min(1).optional(),
  }),
])
const isFunction = z.custom<(...given: never) => unknown>(value => typeof value === 'function', 'must be a function')
const entry = z
  .object({
    port: z.enum(['STT', 'LLM', 'TTS']),
    title: z.string().min(1).max(60),
    settings: z.record(z.string(), setting),
    load: isFunction.optional(),
    open: isFunction.optional(),
  })
  .refine(({ load, open }) => (load === undefined) !== (open === undefined), 'must have load or open, one of the two')

/** Whether a name of STT, LLM or TTS is that of a file. Any other that is not in the catalogue may be a package's. */
const isFile = (name: string): boolean => /^(?:\.{0,2}\/|file:)/.test(name)

/**
 * The entry that a plug-in exports as `provider`: a file such as `./my-ears.ts`, seen from `folder`, or a package that is
 * installed there. Undefined where there is no package of this name. It is loaded at once, so that the start can say what is
 * wrong: throws PlugInError. Its own code may wait until its `load` is called.
 */
export function loadPlugIn<P extends Port>(port: P, name: string, folder: string): AnyEntry<P> | undefined {
  const require = createRequire(resolve(folder, 'any.js'))
  let path = name
  let file: string
  try {
    if (isFile(name)) path = name.startsWith('file:') ? fileURLToPath(name) : resolve(folder, name)
    file = require.resolve(path)
  } catch {
    if (isFile(name)) throw new PlugInError(`there is no file ${path}`)
    return undefined
  }
  return checked(port, name, loaded(require, file, name))
}

function loaded(require: NodeJS.Require, file: string, name: string): unknown {
  try {
    return require(file)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    const why = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    switch (code) {
      case 'ERR_REQUIRE_ASYNC_MODULE':
        throw new PlugInError(`${name} waits while it is loaded: what it awaits belongs into its load`, { cause })
      case 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING':
        throw new PlugInError(`${name} is a package in TypeScript: it must be published as JavaScript`, { cause })
      default:
        throw new PlugInError(`${name} cannot be loaded: ${why}`, { cause })
    }
  }
}

const exported = z.object({ provider: z.unknown() })

function checked<P extends Port>(port: P, name: string, module: unknown): AnyEntry<P> {
  const given = exported.safeParse(module).data?.provider
  if (given === undefined) throw new PlugInError(`${name} exports no provider`)
  const read = entry.safeParse(given)
  if (!read.success) {
    const [issue] = read.error.issues
    const where = ['provider', ...(issue?.path ?? [])].join('.')
    throw new PlugInError(`${name}: its ${where} is wrong: ${issue?.message}`)
  }
  if (read.data.port !== port) throw new PlugInError(`${name} is for ${read.data.port}, not for ${port}`)
  const own = given as AnyEntry<P> & { readonly open?: Open<P> }
  return { ...own, load: async () => opener(name, own.open ?? (await own.load())) }
}

type Open<P extends Port> = Awaited<ReturnType<AnyEntry<P>['load']>>

/** Opens it, and looks at what was opened. */
function opener<P extends Port>(name: string, open: Open<P>): Open<P> {
  if (typeof open !== 'function') throw new PlugInError(`${name}: its load gives no function that opens it`)
  return async (values, parts) => {
    const opened = await open(values, parts)
    if (typeof opened?.forCall !== 'function') throw new PlugInError(`${name}: what it opens has no forCall`)
    return opened
  }
}
