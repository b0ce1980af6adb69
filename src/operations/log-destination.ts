import type { Clock } from '../conversation/ports.ts'
import { type LogOutput, logOutput } from './log-output.ts'

/** Where the log goes: to a terminal as lines to read, to anything else as JSON. */
export async function logDestination(isTerminal: boolean, clock: Clock): Promise<LogOutput> {
  if (!isTerminal) return logOutput(1, clock)
  // Loaded only where it is used: it takes 15 ms.
  const { default: pretty } = await import('pino-pretty')
  const lines = pretty({ destination: 1, sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss.l' })
  // The terminal may be closed. Calls go on without a log.
  lines.on('error', () => undefined)
  return { write: line => void lines.write(line), flushed: async () => undefined }
}
