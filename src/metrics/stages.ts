import type { Language } from '../conversation/language.ts'
import type { JournalLine } from '../conversation/lines.ts'
import { type Latency, Story } from '../journal/story.ts'
import type { Observation } from './table.ts'

/** Where the time of each answer went, and how long the caller waited for the greeting. */
export function stages(language: Language, isFirst: boolean): (line: JournalLine) => readonly Observation[] {
  const story = new Story(language)
  let last: Latency | undefined
  /** A call that comes back was greeted already, and one that was asked for a PIN has heard the agent before. */
  let awaitsGreeting = isFirst

  return line => {
    const told: Observation[] = []
    if ('noted' in line && line.noted.kind === 'withheld') awaitsGreeting = false
    if (awaitsGreeting && 'input' in line && line.input.kind === 'reply-sounding') {
      awaitsGreeting = false
      told.push(stage('greeting', line.atMs))
    }
    for (const event of story.take(line)) {
      // A reply that is heard in several parts is told several times, with the same latency.
      if (event.kind !== 'agent' || event.latency === undefined || event.latency === last) continue
      last = event.latency
      told.push(
        stage('turn_end', last.turnEndMs),
        stage('first_token', last.firstTokenMs),
        stage('first_audio', last.firstAudioMs),
        stage('mouth_to_ear', last.heardMs ?? last.totalMs),
      )
    }
    return told
  }
}

const stage = (name: string, ms: number): Observation => ({
  metric: 'turn_seconds',
  labels: { stage: name },
  value: Math.max(0, ms) / 1_000,
})
