import { InMemoryTransport } from '@modelcontextprotocol/client'
import { seeded } from '../../src/sandbox/chance.ts'
import { type Link, openLink } from '../../src/tools/links/link.ts'
import { LinkError } from '../../src/tools/links/link-error.ts'
import type { Wire } from '../../src/tools/links/wire.ts'
import { FakeClock } from '../fakes/clock.ts'

type Far = ReturnType<typeof InMemoryTransport.createLinkedPair>[1]

/** A server at the other end of a transport, in virtual time. The test says what it does. */
export class WiredServer {
  readonly clock = new FakeClock()
  readonly log: string[] = []
  /** When each attempt to connect was made, counted from the first. */
  readonly openedMs: number[] = []
  /** The tools that were called, in order. */
  readonly called: string[] = []
  tools: readonly string[] = ['look']
  pages = 1
  isReachable = true
  /** The messages that it accepts and does not answer. */
  hangsAt: 'everything' | 'tools/list' | undefined
  /** The next message cannot be sent to it. */
  failsNextSend = false
  /** How long closing takes. */
  closeTakesMs = 0
  /** Answers that it has held back. */
  readonly late: (() => void)[] = []
  destroyed = 0
  #far: Far | undefined
  #startMs = this.clock.now()

  link(seed = 1): Link {
    const logged = (what: string, detail: string): void => void this.log.push(`${what}: ${detail}`)
    return openLink('wired', {
      clock: this.clock,
      chance: seeded(seed),
      open: () => this.#open(),
      sendsOwner: false,
      hide: text => text,
      log: { info: logged, warn: logged, quote: logged },
    })
  }

  async die(): Promise<void> {
    await this.#far?.close()
  }

  async announce(tools: readonly string[]): Promise<void> {
    this.tools = tools
    await this.#far?.send({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' })
  }

  #open(): Wire {
    this.openedMs.push(this.clock.now() - this.#startMs)
    if (!this.isReachable) throw new Error('nobody is there')
    const [near, far] = InMemoryTransport.createLinkedPair()
    this.#far = far
    far.onmessage = message => {
      if (!('method' in message) || !('id' in message)) return
      const { id, method, params } = message
      if (method === 'tools/call') this.called.push(String(params?.name))
      const answer = (): void => {
        const result = this.#answer(method, params)
        far.send({ jsonrpc: '2.0', id, result }).catch(() => undefined)
      }
      if (
        this.hangsAt === 'everything' ||
        this.hangsAt === method ||
        (method === 'tools/call' && params?.name === 'slow')
      )
        this.late.push(answer)
      else if (params?.name === 'die') void far.close()
      else answer()
    }
    void far.start()
    const [send, close] = [near.send.bind(near), near.close.bind(near)]
    near.close = async () => {
      if (this.closeTakesMs > 0) await this.clock.sleep(this.closeTakesMs, new AbortController().signal)
      await close()
    }
    near.send = async (message, options) => {
      if (!this.failsNextSend) return send(message, options)
      this.failsNextSend = false
      throw new LinkError('unsent', 'it cannot be reached')
    }
    return {
      transport: near,
      hasSession: () => false,
      lastLine: () => undefined,
      endSession: async () => undefined,
      destroy: () => this.destroyed++,
    }
  }

  #answer(method: string, params: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> {
    if (method === 'initialize') {
      const serverInfo = { name: 'wired', version: '1' }
      return { protocolVersion: params?.protocolVersion, capabilities: { tools: { listChanged: true } }, serverInfo }
    }
    if (method === 'tools/call') return { content: [{ type: 'text', text: `did ${params?.name}` }] }
    if (method !== 'tools/list') return {}
    const page = Number(params?.cursor ?? 0)
    const each = Math.ceil(this.tools.length / this.pages)
    const names = this.tools.slice(page * each, (page + 1) * each)
    const tools = names.map(name => ({ name, inputSchema: { type: 'object' } }))
    return { tools, ...(page + 1 < this.pages && { nextCursor: String(page + 1) }) }
  }
}
