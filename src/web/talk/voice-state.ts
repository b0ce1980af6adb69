/** What the agent is doing, as the page shows it. */
export type VoiceState = 'connecting' | 'listening' | 'thinking' | 'speaking' | 'reconnecting'

/** From LiveKit's words for the agent and for the connection. */
export function voiceState(agentState: string, connection: string): VoiceState {
  if (connection === 'reconnecting' || connection === 'signalReconnecting') return 'reconnecting'
  if (agentState === 'listening' || agentState === 'thinking' || agentState === 'speaking') return agentState
  return 'connecting'
}

interface Said {
  readonly title: string
  readonly hint: string
}

/** The state in words, and what the person can do now. */
export function sayVoiceState(state: VoiceState, microphone: 'none' | 'muted' | 'open', isPushToTalk: boolean): Said {
  switch (state) {
    case 'connecting':
      return { title: 'Connecting…', hint: 'The agent is coming.' }
    case 'reconnecting':
      return { title: 'Reconnecting…', hint: 'The network dropped. Your conversation is kept.' }
    case 'thinking':
      return { title: 'Thinking…', hint: 'One moment.' }
    case 'speaking':
      return {
        title: 'Speaking',
        hint: microphone === 'open' ? 'Talk over it whenever you like.' : interruptBy(isPushToTalk, microphone),
      }
    case 'listening':
      return listening(microphone, isPushToTalk)
  }
}

const interruptBy = (isPushToTalk: boolean, microphone: 'none' | 'muted' | 'open'): string =>
  isPushToTalk && microphone !== 'none' ? 'Hold the button or the space bar to interrupt.' : 'Type to interrupt.'

function listening(microphone: 'none' | 'muted' | 'open', isPushToTalk: boolean): Said {
  if (microphone === 'open')
    return { title: 'Listening', hint: isPushToTalk ? 'Let go when you are done.' : 'Go ahead, speak.' }
  if (microphone === 'none') return { title: 'Ready', hint: 'Type below. Without a microphone it cannot hear you.' }
  return isPushToTalk
    ? { title: 'Ready', hint: 'Hold the button or the space bar to speak.' }
    : { title: 'You are muted', hint: 'It cannot hear you until you unmute.' }
}
