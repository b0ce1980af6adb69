import { z } from 'zod'
import { reasonOf } from '../../failure-reason.ts'
import type { Network } from '../../network.ts'

/** What a server that is to be rung says of itself. */
export interface RungServer {
  /** Whether its Twilio is the sandbox's: only such a server says the rest. */
  readonly isStandIn: boolean
  /** Its stand-in Deepgram, which must be given the caller's words. */
  readonly deepgramUrl?: string | undefined
  /** What people who talk to it should know, such as that it has no ears for them. */
  readonly notice?: string | undefined
  /** Where it keeps its calls. */
  readonly dataDir?: string | undefined
  /** Why it takes no calls now; empty when it does. */
  readonly notReady: readonly string[]
}

const standIn = z.object({ deepgramUrl: z.string().optional(), dataDir: z.string(), notice: z.string().optional() })
const readiness = z.object({ reasons: z.array(z.string()) })

/** Asks the server at `url`. Throws an Error that says what to do when nothing answers there. */
export async function askServer(url: string, { fetch }: Network, signal: AbortSignal): Promise<RungServer> {
  if (!/^https?:/.test(url) || !URL.canParse(url)) throw new Error(`--url ${url}: it must be a URL with http or https`)
  async function ask(path: string): Promise<Response> {
    try {
      return await fetch(new URL(path, url), { signal })
    } catch (cause) {
      signal.throwIfAborted()
      throw new Error(`Nothing answers at ${url} (${reasonOf(cause)}). Is npm start running?`, { cause })
    }
  }
  const ready = await ask('/readyz')
  const said = readiness.safeParse(await bodyOf(ready))
  const notReady = ready.status === 503 && said.success ? said.data.reasons : []
  const own = standIn.safeParse(await bodyOf(await ask('/sandbox')))
  return own.success ? { isStandIn: true, ...own.data, notReady } : { isStandIn: false, notReady }
}

/** The body as JSON; undefined when it is something else, as of a server that does not know the path. */
async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text()
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
