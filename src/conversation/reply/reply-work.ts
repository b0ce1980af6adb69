import type { Agent } from '../agent.ts'
import type { WordsAloud } from '../own-sound.ts'
import type { Channel, LanguageModel, TextToSpeech } from '../ports.ts'
import type { AskSecret } from '../secret-asked.ts'
import type { SpokenAs } from '../spoken.ts'
import type { Policy, Reply } from '../turn/turn.ts'
import type { ToolRunParts } from './tool-run.ts'

/** Gives what an agent's model is told besides the conversation, some milliseconds later at most. Never rejects. */
export type Told = (agent: string) => string | undefined | Promise<string | undefined>

/** What every reply needs. */
export interface ReplyParts extends ToolRunParts {
  readonly model: LanguageModel
  readonly context?: Told | undefined
  readonly voice: TextToSpeech
  readonly channel: Channel
  readonly policy: Pick<Policy, 'mostLetters' | 'canTransfer'>
  readonly isCallerSpeaking: () => boolean
  readonly aloud: WordsAloud
  readonly askSecret: AskSecret
  /** Where the line speaks several languages, or has several agents. */
  readonly spokenAs?: SpokenAs | undefined
}

/** One reply while it is made. Until `released` it is a draft: nothing of it is heard, and no tool runs for it. */
export interface ReplyWork extends ReplyParts {
  /** These change with the language of the call, and with the agent that has it. */
  agent: Agent
  voice: TextToSpeech
  readonly reply: Reply
  readonly released: Promise<void>
  /** Characters made so far, and how long they will sound. A token is about four characters. */
  readonly spent: { written: number; spoken: number; soundMs: number; isCut: boolean }
  /** Characters by the name of the voice that was given them. */
  readonly paid: Map<string | undefined, number>
  /** The voice was given more of it than fillers. */
  isVoiced: boolean
  /** The caller has heard more of it than fillers. */
  isHeard: boolean
  /** When the caller began to wait. */
  turnOverMs: number
  lastFiller: string
}
