import { hiding } from '../links/hiding.ts'
import { logText } from './plain-text.ts'

/** The log for the operator. What callers said, or what servers quoted of it, goes under `pii`. */
export interface ToolLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

/** The log of one server. Its secrets are hidden, and each text is one line, cut to size. */
export interface ServerLog {
  info(what: string, detail: string): void
  warn(what: string, detail: string): void
  /** What the server wrote, which may contain what callers said. */
  quote(what: string, text: string): void
}

export function serverLog(log: ToolLog, server: string, secrets: readonly string[]): ServerLog {
  const hide = hiding(secrets)
  const safe = (text: string): string => logText(hide(text))
  return {
    info: (what, detail) => log.info({ server, detail: safe(detail) }, `tools: ${server} ${what}`),
    warn: (what, detail) => log.warn({ server, detail: safe(detail) }, `tools: ${server} ${what}`),
    quote: (what, text) => log.warn({ server, pii: { text: safe(text) } }, `tools: ${server} ${what}`),
  }
}
