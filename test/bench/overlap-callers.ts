import type { Flite } from '../../src/flite/flite.ts'
import type { Cue, Script } from '../../src/sandbox/caller/fixture.ts'
import { renderScript } from '../../src/sandbox/caller/record-fixtures.ts'
import type { ScriptLine } from '../../src/sandbox/caller/script-lines.ts'
import { seeded } from '../../src/sandbox/chance.ts'

/** The purpose of a line. */
export type Role = 'asks' | 'sign' | 'noise' | 'interrupts' | 'sign first' | 'wordless' | 'leaves'

/** A caller who makes all kinds of sounds over the agent's long answers. `roles` has the role of each line. */
export interface OverlapCaller {
  readonly script: Script
  readonly roles: readonly Role[]
}

/** How often each caller asks, makes a sound that must not stop the agent, and interrupts. */
const TIMES = 11
/** Every fifth caller uses a speakerphone. */
const SPEAKERPHONE_EVERY = 5
const VOICES = ['awb', 'rms'] as const

/** Their answers take 20 s and more. */
const QUESTIONS = [
  'Can you tell me about the restaurant?',
  'Tell me about the chef.',
  'What is in the tasting menu?',
  'What is the story of the house?',
] as const

/** Signs of listening, 0.3 to 1.3 s long. */
const SIGNS: readonly { readonly say: string; readonly sounds?: string }[] = [
  { say: 'Mm-hm.', sounds: 'Um hum.' },
  { say: 'Mm-hm.' },
  { say: 'Uh-huh.' },
  { say: 'Yeah.' },
  { say: 'Yeah, yeah.' },
  { say: 'Okay.' },
  { say: 'Okay, right.' },
  { say: 'I see.' },
  { say: 'Right.' },
  { say: 'Oh, I see.' },
  { say: 'Got it.' },
  { say: 'Sure.' },
  { say: 'Great.' },
  { say: 'Hmm.' },
  { say: 'Yes, okay.' },
]
const NOISES = ['cough', 'door', 'click', 'cough'] as const

const INTERRUPTIONS = [
  'No wait.',
  'Stop.',
  'Stop it, please.',
  'Actually, make it Friday.',
  'Hold on a second.',
  'What about Sunday?',
  "That's wrong.",
  'Can I say something?',
  'Excuse me, do you have parking?',
  'Wait, where are you?',
  'Sorry, can I bring my dog?',
  "I don't need all that.",
  'How much is it?',
  'Never mind.',
  'Just tell me the hours.',
  'No.',
  "No, that's not what I asked.",
  'One moment.',
  'Do you take cards?',
  'Let me ask you something.',
  'Hey, are you open on Monday?',
  'But is it expensive?',
  'Listen, I have a question.',
  'Is there wifi?',
  'Where can I park?',
] as const
/** They start like a sign of listening; only a later word shows that they interrupt. */
const SIGN_FIRST = [
  'Yeah but not on Friday.',
  'Okay, stop.',
  'Right, but where can I park?',
  'Yes, but how much is it?',
]
/** Rendered as unintelligible speech: three seconds of it need an answer all the same. */
const WORDLESS = ['The man who came in with the others yesterday had a green umbrella.']

type Chance = () => number
const oneOf = <T>(items: readonly [T, ...T[]] | readonly T[], chance: Chance): T => {
  const item = items[Math.floor(chance() * items.length)]
  if (item === undefined) throw new Error('nothing to choose from')
  return item
}
const between = (least: number, most: number, chance: Chance): number => Math.round(least + chance() * (most - least))

interface Line {
  readonly role: Role
  readonly line: ScriptLine
}

/** A speakerphone makes only noises: the speech-to-text stand-in takes no new words during an echo. */
function sound(cue: Cue, isSpeakerphone: boolean, chance: Chance): Line {
  if (chance() < 0.3 || isSpeakerphone) return { role: 'noise', line: { noise: oneOf(NOISES, chance), cue } }
  return { role: 'sign', line: { ...oneOf(SIGNS, chance), aside: true, cue } }
}

function interruption(cue: Cue, chance: Chance): Line {
  const drawn = chance()
  if (drawn < 0.04) return { role: 'wordless', line: { mumble: oneOf(WORDLESS, chance), cue } }
  if (drawn < 0.16) return { role: 'sign first', line: { say: oneOf(SIGN_FIRST, chance), cue } }
  return { role: 'interrupts', line: { say: oneOf(INTERRUPTIONS, chance), cue } }
}

const isSpeakerphone = (number: number): boolean => number % SPEAKERPHONE_EVERY === SPEAKERPHONE_EVERY - 1

/** What the caller with this number says and when. Deterministic. */
export function overlapLines(number: number): readonly Line[] {
  const chance = seeded(7_000 + number)
  const lines: Line[] = []
  for (let time = 0; time < TIMES; time++) {
    const question = QUESTIONS[(number + time) % QUESTIONS.length] ?? ''
    // After a hold the agent may be silent for over a second and still go on.
    lines.push({ role: 'asks', line: { say: question, cue: { after: 'agent-stopped', ms: time === 0 ? 600 : 1_800 } } })
    const cue = { after: 'agent-started', ms: between(1_500, 3_500, chance) } as const
    lines.push(sound(cue, isSpeakerphone(number), chance))
    lines.push(interruption({ after: 'own-utterance', ms: between(2_500, 4_000, chance) }, chance))
  }
  lines.push({ role: 'leaves', line: { say: 'Thank you. Goodbye.', cue: { after: 'agent-stopped', ms: 1_800 } } })
  return lines
}

/** Renders `count` callers. One in five uses a speakerphone, which echoes the agent. */
export async function overlapCallers(
  count: number,
  flite: Flite,
  signal: AbortSignal,
): Promise<readonly OverlapCaller[]> {
  const callers: OverlapCaller[] = []
  for (let number = 0; number < count; number++) {
    const lines = overlapLines(number)
    const chance = seeded(9_000 + number)
    const echo = { delayMs: between(80, 300, chance), levelDb: between(-20, -10, chance) }
    const script = await renderScript(
      {
        name: `overlap-${number}`,
        about: '',
        from: `+155501001${String(number % 100).padStart(2, '0')}`,
        voice: VOICES[number % VOICES.length] ?? 'awb',
        ...(isSpeakerphone(number) && { echo }),
        lines: lines.map(({ line }) => line),
        hangUp: { after: 'agent-stopped', ms: 1_500, withStop: true },
        expect: {},
      },
      flite,
      signal,
    )
    callers.push({ script, roles: lines.map(({ role }) => role) })
  }
  return callers
}
