import { vendorWords } from './vendor-words.ts'

/** More kinds than Node and all packages have. */
const MOST_KINDS = 50
const LONGEST_NAME = 60

/** What Node warns of, such as listeners that pile up: each kind of warning is logged once, and Node prints none itself. */
export function warnings(log: { warn(fields: object, message: string): void }): (warning: Error) => void {
  const told = new Set<string>()
  return warning => {
    const code = 'code' in warning ? String(warning.code).slice(0, LONGEST_NAME) : undefined
    const kind = warning.name.slice(0, LONGEST_NAME)
    const key = `${kind} ${code ?? ''}`
    if (told.has(key) || told.size >= MOST_KINDS) return
    told.add(key)
    log.warn({ kind, code, why: vendorWords(warning.message) }, 'Node warns')
  }
}
