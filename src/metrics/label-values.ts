/** What stands where a value is in none of the sets: whatever strangers say, there are no more values than these. */
export const OTHER = 'other'

/** The values that a label can have: these, or those that the settings name. */
export type LabelValues = readonly string[] | 'agents' | 'models' | 'tools'

export const STAGES = ['turn_end', 'first_token', 'first_audio', 'mouth_to_ear', 'tool', 'greeting'] as const
export const KINDS = ['stt', 'llm', 'tts', 'sight'] as const
/** `partyline`: the reply failed here, and no provider did. */
export const PROVIDERS = [
  ...['deepgram', 'openai', 'cartesia', 'gemini', 'local-ears', 'local-voice', 'partyline'],
  ...['assemblyai', 'whisper', 'groq', 'azure', 'google', 'responses', 'anthropic', 'compatible', 'openai-realtime'],
  ...['elevenlabs', 'polly'],
] as const
/**
 * What came of sound over the agent's voice. `noise`: no words, and it ended; `wordless`: no words, but it stayed, so the
 * caller has the turn; `uninterruptible`: it was over a sentence that nothing stops; `ended`: the call ended meanwhile.
 */
export const VERDICTS = [
  'interruption',
  'back-channel',
  'echo',
  'noise',
  'wordless',
  'keys',
  'uninterruptible',
  'ended',
] as const
export const DRAFTS = ['used', 'wasted'] as const
export const FAILURES = [
  'timeout',
  'dead-air',
  'rate-limited',
  'refused',
  'bad-request',
  'server-error',
  'connection',
  'broken-answer',
  'empty',
] as const
/** Those of the list of calls. */
export const OUTCOMES = ['hung-up', 'goodbye', 'transferred', 'failed', 'killed'] as const
export const CHANNELS = ['phone', 'browser', 'sip'] as const
export const REFUSALS = ['full', 'late', 'caller', 'stopping', 'unsigned'] as const
export const TOOL_OUTCOMES = ['done', 'failed', 'refused', 'asked', 'stopped'] as const
export const VENDORS = [
  ...['twilio', 'livekit', 'deepgram', 'openai', 'cartesia', 'gemini', 'local'],
  ...['assemblyai', 'whisper', 'groq', 'azure speech', 'google cloud speech', 'anthropic', 'compatible server'],
  ...['openai realtime', 'elevenlabs', 'amazon polly'],
] as const
/** `unheard`: speech that was made, and of which the caller heard nothing. */
export const WASTE = ['draft', 'unheard'] as const
export const LEGS = ['caller', 'agent'] as const
export const LOST = ['lines', 'recording'] as const

export type Kind = (typeof KINDS)[number] | typeof OTHER
export type Provider = (typeof PROVIDERS)[number] | typeof OTHER
export type FailureReason = (typeof FAILURES)[number] | typeof OTHER
export type Verdict = (typeof VERDICTS)[number]
export type ToolOutcome = (typeof TOOL_OUTCOMES)[number]

const HERE: Readonly<Record<string, Provider>> = { STT: 'local-ears', TTS: 'local-voice' }

/** A provider of the settings as a label. */
export const labelOf = (port: string, name: string): Provider =>
  (name === 'local' ? HERE[port] : PROVIDERS.find(known => known === name)) ?? OTHER
