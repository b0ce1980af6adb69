import type { Script, Utterance } from '../../src/sandbox/caller/fixture.ts'
import { throughTheLine, trimmed } from '../../src/sandbox/caller/line-sound.ts'
import { seeded } from '../../src/sandbox/chance.ts'
import { openNeuralVoice } from './ears/neural-voice.ts'

/** What a caller of the Task Manager says: no recogniser is helped by knowing it. */
const SAID = [
  'What do I have due today?',
  'Please remind me to water the plants tomorrow morning.',
  'I need to finish the proposal by next Thursday.',
  'What is on my list?',
  'Mark the proposal as done.',
  'Undo that, please.',
  'How many tasks are left this week?',
  'What can you do for me?',
] as const
/** After a tool the agent may pause between "one moment" and the answer. */
const CUE = { after: 'agent-stopped', ms: 1_500 } as const

/** A caller who speaks with a neural voice by telephone. Fetches the voice where it is not there. */
export async function localCaller(signal: AbortSignal): Promise<Script> {
  const voice = await openNeuralVoice(signal)
  const random = seeded(1)
  const utterances: Utterance[] = []
  for (const say of SAID) {
    const { pcm } = trimmed({ pcm: await voice.say(say), rateHz: voice.rateHz, words: [] })
    utterances.push({ kind: 'speech', say, words: wordsOf(say, pcm), pcm: throughTheLine(pcm, random), cue: CUE })
  }
  await voice.close()
  return {
    ...{ name: 'local', about: '', from: '+15550100080', voice: 'neural', agent: 'task-manager', utterances },
    ...{ hangUp: { ...CUE, withStop: true }, expect: {} },
  }
}

/** As many callers as wanted, each with a number and so with tasks of their own. */
export const numbered = (script: Script, calls: number, round: number): readonly Script[] =>
  Array.from({ length: calls }, (_, i) => ({
    ...script,
    from: `+1555${String(1_000_000 + round * 1_000 + i)}`,
  }))

/** Spread evenly: nobody asks when they were said. */
function wordsOf(say: string, pcm: Int16Array) {
  const words = say.split(' ')
  const lengthMs = Math.floor(pcm.length / 8)
  const at = (i: number): number => Math.floor((i * lengthMs) / words.length)
  return words.map((text, i) => ({ text, startMs: at(i), endMs: at(i + 1) }))
}
