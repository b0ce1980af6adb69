import type { CallJournal } from '../conversation/lines.ts'
import type { ToolCall, ToolContext, ToolOutcome, ToolSet, ToolSpec } from '../conversation/ports.ts'

import { OFFER_FILLERS, screenWords } from './screen-words.ts'

export const OFFER = 'offer_screen'

const SPEC: ToolSpec = {
  name: OFFER,
  description:
    'Lets the caller, who is on the telephone, show you a screen: makes a code with which a web page joins this call. Call it when they want to show you their screen, computer, page or e-mail, or need a new code. The result has the address and the code, which you must say.',
  parameters: { type: 'object', properties: {} },
  changes: true,
  filler: screenWords().offer,
  fillers: OFFER_FILLERS,
}

const HERE =
  'Somebody has joined this call already, so there is no new code. Say that they can share the screen on that page now.'
const FAILED =
  'No code could be made just now, so the caller cannot show a screen. Say so in plain words, and offer to be told what is on it.'

export interface OfferScreenParts {
  /** The address of the page, as it is said: "example.com slash screen". */
  readonly address: string
  /** The digits of a new code; undefined while somebody is there already. Throws when there can be none. */
  readonly invite: (signal: AbortSignal) => Promise<string | undefined>
  readonly journal: Pick<CallJournal, 'append'>
}

/** Adds `offer_screen` to the tools of a telephone call: what the caller is told to show a screen in a browser. */
export function offerScreen(tools: ToolSet, { address, invite, journal }: OfferScreenParts): ToolSet {
  async function offer(language: string | undefined, signal: AbortSignal): Promise<string> {
    try {
      const code = await invite(signal)
      return code === undefined ? HERE : `Say exactly: "${wordsFor(address, code, language)}"`
    } catch (error) {
      signal.throwIfAborted()
      journal.append({ noted: { kind: 'tool-failed', tool: OFFER, why: String(error) } })
      return FAILED
    }
  }

  return {
    get specs() {
      return [...tools.specs.filter(({ name }) => name !== OFFER), SPEC]
    },
    async run(call: ToolCall, context: ToolContext, signal: AbortSignal): Promise<ToolOutcome> {
      return call.name === OFFER
        ? { kind: 'done', text: await offer(context.language, signal) }
        : tools.run(call, context, signal)
    },
  }
}

const apart = (digits: string): string => [...digits].join(' ')

function wordsFor(address: string, code: string, language: string | undefined): string {
  const [first, second] = [code.slice(0, 3), code.slice(3)].map(apart)
  return screenWords(language).invitation(address, `${first}, ${second}`)
}

/** The address of the page beside a call, as it is said: "agent.example.com slash screen". */
export function spokenAddress(publicUrl: string): string {
  const { hostname, port } = new URL(publicUrl)
  return `${hostname}${port === '' ? '' : ` port ${apart(port)}`} slash screen`
}
