import type { RungOpening } from '../../call-host.ts'
import type { StreamPasses } from '../token.ts'
import { spokenTwiml, twiml } from '../twiml.ts'
import type { RingOuts } from './ring-out.ts'

export interface RungOutParts {
  readonly rings: Pick<RingOuts, 'answered' | 'passes'>
  readonly passes: StreamPasses
  readonly publicUrl: string
  readonly streamUrl: string
  readonly streamStatusUrl: string
  /** The code of the language of what Twilio says, where the ringing names none. */
  readonly language: string
}

/** So often, a second apart, an answered call is sent on until the server that rang answers it. */
const MOST_ELSEWHERE = 6
const LANGUAGES = new Set(['en', 'de', 'es'])

/** What Twilio is told of calls that this server makes. */
export function rungOut({ rings, passes, publicUrl, streamUrl, streamStatusUrl, language }: RungOutParts) {
  const answer = twiml<'streamUrl' | 'streamStatusUrl' | 'nextUrl' | 'pass'>('answer.xml')
  const hangUp = twiml('hang-up.xml')({})
  const inTheirs = (own = language) => (LANGUAGES.has(own) ? own : language)
  return {
    /** The address that Twilio asks when a stream of this ringing is over. */
    nextUrl: (token: string, times = 0): string => `${publicUrl}/calls/next?ring=${token}&times=${times}`,
    /** Which ringing a later stream of the call belongs to. */
    rungBy(token: string | undefined): RungOpening | undefined {
      const pass = rings.passes.read(token)
      return pass && { ring: pass.ring, besideCallId: pass.besideCallId, language: pass.language }
    },
    /** The TwiML for a person who has answered, and hears no silence whatever has become of the ringing. */
    answered(token: string | undefined, callSid: string, times: number): string {
      const pass = rings.passes.read(token)
      if (!pass || token === undefined) return hangUp
      const over = spokenTwiml('rung-out-over.xml', inTheirs(pass.language))
      switch (rings.answered(pass, callSid)) {
        case 'hold': {
          const { ring, besideCallId, language: theirs, number, agent } = pass
          const rung = { ring, besideCallId, language: theirs }
          const streamPass = passes.mint({ callSid, from: number, attempt: 1, agent, rung })
          return answer({ streamUrl, streamStatusUrl, nextUrl: this.nextUrl(token, times + 1), pass: streamPass })
        }
        case 'elsewhere': {
          if (times >= MOST_ELSEWHERE) return over({})
          const wait = spokenTwiml<'answerUrl'>('rung-out-wait.xml', inTheirs(pass.language))
          return wait({ answerUrl: `${publicUrl}/calls/rung-out?ring=${token}&times=${times + 1}` })
        }
        case 'over':
          return over({})
      }
    },
  }
}

export type RungOutAnswers = ReturnType<typeof rungOut>
