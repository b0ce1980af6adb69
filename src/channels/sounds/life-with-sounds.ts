import type { JournalLine } from '../../conversation/lines.ts'
import type { LineNote } from '../call-host.ts'
import type { LineBackground } from '../line/background.ts'
import type { AgentSounds } from './open-sounds.ts'

/** What follows the journal of a call: see `agentLife`. */
export interface AgentLife {
  take(line: JournalLine): void
  context(): string | undefined
  over(): Promise<void>
}

/** An agent's life on a line where it may have sounds behind it. */
export interface LifeOnLine extends AgentLife {
  /** The line is there. Undefined: nothing can sound behind the agent on it. */
  on(background: LineBackground | undefined, note: (note: LineNote) => void): void
}

/** Has the sounds of the agent that has the call on its line: the background all the time, the other one while tools run. */
export function withSounds(life: AgentLife, soundsOf: (agent: string) => AgentSounds | undefined): LifeOnLine {
  let line: LineBackground | undefined
  let note: (note: LineNote) => void = () => undefined
  let chosen: AgentSounds | undefined
  const running = new Set<string>()

  function choose(agent: string): void {
    const sounds = soundsOf(agent)
    if (!line || sounds === chosen) return
    chosen = sounds
    running.clear()
    line.choose(sounds?.at(line.rateHz) ?? {})
    note({ kind: 'background-sound', ...sounds?.names })
  }

  function done(call?: string): void {
    if (call === undefined) running.clear()
    else running.delete(call)
    if (running.size === 0) line?.thinking(false)
  }

  function read(input: Extract<JournalLine, { readonly input: unknown }>['input']): void {
    switch (input.kind) {
      case 'hand-off':
        return choose(input.agent)
      case 'tool-called':
        running.add(input.call.id)
        return line?.thinking(true)
      case 'tool-result':
        return done(input.callId)
      case 'tool-asked':
        return done(input.call.id)
      case 'reply-done':
      case 'reply-failed':
      case 'digit':
      case 'typed':
        return done()
      case 'speech-start':
        running.clear()
        return line?.callerSpeaks(true)
      case 'speech-end':
        return line?.callerSpeaks(false)
    }
  }

  return {
    take(some) {
      life.take(some)
      if ('started' in some) choose(some.started.turn.context.handedOff?.agent ?? some.started.agent)
      else if ('input' in some && chosen) read(some.input)
      else if ('input' in some && some.input.kind === 'hand-off') choose(some.input.agent)
    },
    context: () => life.context(),
    on(background, told) {
      line = background
      note = told
    },
    over() {
      line?.close()
      return life.over()
    },
  }
}
