import pino, { type DestinationStream } from 'pino'

/** Where the log goes: to a terminal as lines to read, to anything else as JSON. */
export async function logDestination(isTerminal: boolean): Promise<DestinationStream> {
  const destination = isTerminal ? await readable() : pino.destination(1)
  // Its terminal may be closed, or its disk full. Calls go on without a log.
  destination.on('error', () => undefined)
  return destination
}

/** Loaded only where it is used: it takes 15 ms. */
async function readable() {
  const { default: pretty } = await import('pino-pretty')
  return pretty({ destination: 1, sync: true, singleLine: true, translateTime: 'SYS:HH:MM:ss.l' })
}
