import type { Cue, FixtureFile } from './fixture.ts'

/**
 * A line of a fixture's script: words (a pause of so many ms stands as [1800]), a noise, a voice whose words nobody makes
 * out, or keys.
 */
export type ScriptLine =
  | {
      readonly say: string
      /** How flite is told to say it, where it reads the words letter by letter or wrong. */
      readonly sounds?: string
      /** It wants no answer, and does not stop the agent. */
      readonly aside?: true
      readonly cue: Cue
    }
  | { readonly noise: 'cough' | 'door' | 'click'; readonly cue: Cue }
  | { readonly mumble: string; readonly cue: Cue }
  | { readonly press: string; readonly cue: Cue }

/** A fixture before it is spoken; `voice` is one of flite's, and not the agent's. */
export interface FixtureScript
  extends Pick<FixtureFile, 'name' | 'about' | 'from' | 'voice' | 'echo' | 'hangUp' | 'expect'> {
  readonly lines: readonly ScriptLine[]
}

/** A polite caller's next words: a breath after the agent has stopped. */
const next = (say: string, ms = 600): ScriptLine => ({ say, cue: { after: 'agent-stopped', ms } })
/** After a tool the agent may pause between "one moment" and the answer: wait for the answer. */
const afterTool = (say: string): ScriptLine => next(say, 1500)
const interrupting = (say: string, ms: number): ScriptLine => ({ say, cue: { after: 'agent-started', ms } })
/** So long after the caller's own last sound, while the agent goes on. */
const later = (ms: number): Cue => ({ after: 'own-utterance', ms })
const HANG_UP = { after: 'agent-stopped', ms: 800, withStop: true } as const

/** Every recorded caller of fixtures/calls, readable: `npm run fixtures` speaks and writes them. */
export const FIXTURE_SCRIPTS: readonly FixtureScript[] = [
  {
    name: 'plain',
    about: 'A question answered at once, a look into the book, a booking, goodbye.',
    from: '+15550100001',
    voice: 'awb',
    lines: [
      next('Hi, what time do you open on Friday?'),
      next('Do you have a table for four on Friday at seven?'),
      afterTool('Great, please book a table for four on Friday at seven.'),
      afterTool('Thank you, that is all. Goodbye.'),
    ],
    hangUp: HANG_UP,
    expect: {
      callerTurns: [
        'Hi, what time do you open on Friday?',
        'Do you have a table for four on Friday at seven?',
        'Great, please book a table for four on Friday at seven.',
        'Thank you, that is all. Goodbye.',
      ],
      agentSays: ['open at noon', 'looked it up', 'booked: table for four, Friday at seven', 'Goodbye'],
      bargeIns: 0,
      tools: ['look_up', 'book'],
      agentSilentDuring: [0, 1, 2, 3],
      answeredTurns: 4,
    },
  },
  {
    name: 'talks-over',
    about: 'Talks over a long answer with a change of mind; coughs during another reply, which must not stop it.',
    from: '+15550100002',
    voice: 'rms',
    lines: [
      next('Can you tell me about the restaurant?'),
      interrupting('Actually, wait. Book a table for two on Friday instead.', 1200),
      afterTool('And what is on the menu?'),
      { noise: 'cough', cue: { after: 'agent-started', ms: 1000 } },
      next('Thank you. Goodbye.'),
    ],
    hangUp: HANG_UP,
    expect: {
      callerTurns: [
        'Can you tell me about the restaurant?',
        'Actually, wait. Book a table for two on Friday instead.',
        'And what is on the menu?',
        'Thank you. Goodbye.',
      ],
      agentSays: ['^Gladly(?!.*bread)', 'booked: table for two, Friday', 'risotto with fresh herbs', 'Goodbye'],
      bargeIns: 1,
      tools: ['book'],
      answeredTurns: 4,
    },
  },
  {
    name: 'backchannels',
    about: 'Shows over a long answer that he listens; the agent goes on to the end.',
    from: '+15550100008',
    voice: 'awb',
    lines: [
      next('Can you tell me about the restaurant?'),
      { say: 'Mm-hm.', sounds: 'Um hum.', aside: true, cue: { after: 'agent-started', ms: 2500 } },
      { say: 'Okay, right.', aside: true, cue: later(3500) },
      { say: 'I see.', aside: true, cue: later(4000) },
      next('Thank you. Goodbye.', 1500),
    ],
    hangUp: HANG_UP,
    expect: {
      callerTurns: ['Can you tell me about the restaurant?', 'Thank you. Goodbye.'],
      agentSays: ['^Gladly.*from the same harbor', 'Goodbye'],
      bargeIns: 0,
      tools: [],
      answeredTurns: 2,
    },
  },
  {
    name: 'echoes',
    about: 'A speakerphone: the agent hears itself, which must not stop it, and an interruption over that, which must.',
    from: '+15550100009',
    voice: 'rms',
    echo: { delayMs: 150, levelDb: -14 },
    lines: [
      next('Can you tell me about the restaurant?'),
      interrupting('No wait, what is on the menu?', 6000),
      next('Thank you. Goodbye.', 1500),
    ],
    hangUp: HANG_UP,
    expect: {
      callerTurns: ['Can you tell me about the restaurant?', 'No wait, what is on the menu?', 'Thank you. Goodbye.'],
      agentSays: ['^Gladly.*(?:stove|boats|morning)(?!.*bread)', 'risotto with fresh herbs', 'Goodbye'],
      bargeIns: 1,
      tools: [],
      answeredTurns: 3,
    },
  },
  {
    name: 'corrects',
    about: 'Corrects a booking while it is confirmed: it is taken back, and the right one made.',
    from: '+15550100010',
    voice: 'awb',
    lines: [
      next('Please book a table for two on Thursday at seven.'),
      interrupting('No wait, I meant Friday.', 1500),
      afterTool('Thank you. Goodbye.'),
    ],
    hangUp: HANG_UP,
    expect: {
      callerTurns: [
        'Please book a table for two on Thursday at seven.',
        'No wait, I meant Friday.',
        'Thank you. Goodbye.',
      ],
      agentSays: [
        '^That is booked(?!.*else)',
        '^All right, Friday then.*booked: table for two, Friday at seven',
        'Goodbye',
      ],
      bargeIns: 1,
      tools: ['book', 'book', 'book'],
      answeredTurns: 3,
    },
  },
  {
    name: 'thinks-aloud',
    about: 'Stops to think in the middle of a sentence: the agent must not fall in.',
    from: '+15550100003',
    voice: 'awb',
    lines: [
      next("I'd like to book a table for, um, let me think [1800] four people on Friday at seven."),
      afterTool('Thank you. Goodbye.'),
    ],
    hangUp: HANG_UP,
    expect: {
      callerTurns: [
        "I'd like to book a table for, um, let me think four people on Friday at seven.",
        'Thank you. Goodbye.',
      ],
      agentSays: ['booked: table for four, Friday at seven', 'Goodbye'],
      bargeIns: 0,
      tools: ['book'],
      agentSilentDuring: [0, 1],
      answeredTurns: 2,
    },
  },
  {
    name: 'keys',
    about: 'Answers with the keys of the telephone.',
    from: '+15550100004',
    voice: 'rms',
    lines: [
      next('Where are you?'),
      { press: '42#', cue: { after: 'agent-stopped', ms: 600 } },
      next('Thank you. Goodbye.'),
    ],
    hangUp: HANG_UP,
    expect: {
      callerTurns: ['Where are you?', 'pressed 4 2', 'Thank you. Goodbye.'],
      agentSays: ['Harbor Street', 'pressed 4 2', 'Goodbye'],
      bargeIns: 0,
      tools: [],
      answeredTurns: 3,
    },
  },
  {
    name: 'bench',
    about: 'Complete plain questions, one after the other: the measure of response times.',
    from: '+15550100005',
    voice: 'awb',
    lines: [
      next('What time do you open?'),
      next('Where are you?'),
      next('Do you have parking?'),
      next('Can I bring my dog?'),
      next('Do you take credit cards?'),
      next('What time do you close on Sunday?'),
      next('Do you have vegetarian food?'),
    ],
    hangUp: HANG_UP,
    expect: {
      agentSays: ['open at noon', 'Harbor Street', 'park for free', 'Dogs', 'any card', 'close at ten', 'vegetarian'],
      bargeIns: 0,
      tools: [],
      agentSilentDuring: [0, 1, 2, 3, 4, 5, 6],
      answeredTurns: 7,
    },
  },
  {
    name: 'bench-tools',
    about: 'Questions that each need the book: response times with a tool in the way.',
    from: '+15550100006',
    voice: 'rms',
    lines: [
      next('Do you have a table for two on Friday at seven?'),
      afterTool('Do you have a table for four on Saturday at eight?'),
      afterTool('Can you check for a table for six on Sunday at noon?'),
      afterTool('Please book a table for two on Friday at seven.'),
    ],
    hangUp: { ...HANG_UP, ms: 1500 },
    expect: {
      agentSays: ['looked it up', 'looked it up', 'looked it up', 'booked: table for two, Friday at seven'],
      bargeIns: 0,
      tools: ['look_up', 'look_up', 'look_up', 'book'],
      agentSilentDuring: [0, 1, 2, 3],
      answeredTurns: 4,
    },
  },
  {
    name: 'bench-hesitant',
    about: 'Trails off, searches for words and spells digits: the measure of false cut-ins.',
    from: '+15550100007',
    voice: 'awb',
    lines: [
      next('Could you tell me, um [1500] what time you open?'),
      next('And I wanted to ask, well [1600] do you have parking?'),
      next('My number is five five five [900] zero one four [900] two nine.'),
      next('So, I was wondering if [1400] if I can bring my dog?'),
    ],
    hangUp: HANG_UP,
    expect: {
      agentSays: ['open at noon', 'park for free', '', 'Dogs'],
      bargeIns: 0,
      agentSilentDuring: [0, 1, 2, 3],
      answeredTurns: 4,
    },
  },
]
