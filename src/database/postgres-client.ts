import type { Duplex } from 'node:stream'
import { Client, type ClientConfig } from 'pg'

/**
 * PostgreSQL's client. What it cannot read ends its connection: by itself the driver throws where nobody can catch it, which
 * would end the process (brianc/node-postgres#2053).
 */
export class PostgresClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config)
    const reading = this.connection as unknown as { attachListeners(stream: Duplex): void }
    const attach = reading.attachListeners.bind(reading)
    // Plain or TLS: it is given the stream that answers come from.
    reading.attachListeners = stream => {
      attach(stream)
      const emit = stream.emit.bind(stream)
      stream.emit = (event: string | symbol, ...given: unknown[]): boolean => {
        try {
          return emit(event, ...given)
        } catch (error) {
          if (event !== 'data') throw error
          stream.destroy(new Error('the answer of the database cannot be read', { cause: error }))
          return true
        }
      }
    }
  }
}
