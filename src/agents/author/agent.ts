import type { z } from 'zod'
import type { Manner } from '../../conversation/delivery.ts'
import type { Guard } from '../../conversation/guard.ts'
import type { Phrase } from '../../conversation/turn/turn.ts'
import type { AgentLanguage } from '../agent-languages.ts'
import type { FunctionTool } from './tool.ts'

/** What the agent says first: to everybody, or by how they come. */
export type Greeting =
  | string
  | {
      readonly phone: string
      /** In a browser. Default: as on the phone. */
      readonly browser?: string
      /** To a caller who hides their number, whose data no later call can find. */
      readonly hiddenNumber?: string
    }

/** What an agent says in one language. What is left out, Partyline says in its own words. */
export interface AgentWords {
  readonly greeting: Greeting
  /** Said at once by this agent when another one hands the call to it, such as "Billing, hello." */
  readonly entering?: string
  readonly phrases?: Partial<Readonly<Record<Exclude<Phrase, 'greeting'>, string>>>
  /** The same to somebody in a browser. */
  readonly browserPhrases?: Partial<Readonly<Record<Exclude<Phrase, 'greeting'>, string>>>
}

/** Another agent to whom the model may give the call. */
export interface HandOff {
  /** The name of the agent. */
  readonly to: string
  /** When, in words for the model: "the caller asks about an invoice". */
  readonly when: string
  /**
   * What the other agent is told of the conversation: all of it, a summary that this agent's model writes, or the caller's
   * last turn alone. Default: whole.
   */
  readonly history?: 'whole' | 'summary' | 'none'
}

/** A server of tools by the Model Context Protocol: a program, or an address. `${NAME}` stands for an environment variable. */
export type McpServerSettings =
  | { readonly command: string; readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> }
  | { readonly url: string; readonly headers?: Readonly<Record<string, string>>; readonly owner?: 'meta' }

/** How an agent speaks. What the voice cannot do is left out, and the log says so at the start. */
export interface AgentVoice {
  /** A voice of the first TTS provider, by its name there. Default: that of the settings. */
  readonly name?: string
  /** Of the voice's own speed, between 0.7 and 1.4. */
  readonly speed?: number
  readonly manner?: Manner
  /** The model may say in which manner each sentence is to be said. Default: false. */
  readonly expressive?: boolean
  /** A caller may have it speak more slowly or faster in this call. Default: false. */
  readonly speedByCaller?: boolean
}

/** What an agent looks up in documents. */
export interface AgentKnowledge {
  /** Names under which documents were taken in. Default: all. */
  readonly sources?: readonly string[]
  /** Documents are looked through while the caller speaks, and given to the model with the caller's words. */
  readonly early?: true
}

/** The call that an agent takes. */
export interface AgentCall {
  readonly callId: string
  /** Whose call it is: the caller's number, or a random name where it is not known. */
  readonly owner: string
  /** phone, sip or browser. */
  readonly channel: string
}

/** An agent, as its author writes it. docs/agents.md tells of each part. */
export interface AgentDefinition extends AgentWords {
  /** Small letters, digits and hyphens; unique among the agents of a server. */
  readonly name: string
  /** What the model is told: who it is, what it does, and how. */
  readonly instructions: string
  /** The language of these words. Default: en. */
  readonly language?: AgentLanguage
  /** The same agent in other languages, with more instructions where those need it. */
  readonly languages?: Partial<Readonly<Record<AgentLanguage, AgentWords & { readonly instructions?: string }>>>
  /** A voice of the first TTS provider, by its name there, or also how it speaks. Default: that of the settings. */
  readonly voice?: string | AgentVoice
  /** `speakers`: it is told who of several people on the line has said what, where the ears can tell. Default: false. */
  readonly hears?: { readonly speakers?: boolean }
  /**
   * The model reads the instructions and the tools once while the greeting is heard, and not only with the caller's first turn:
   * vendors that keep what they have read (OpenAI from 1,024 tokens on) then answer that turn sooner. It costs these tokens once
   * more in each call that begins with this agent. Default: false.
   */
  readonly warm?: boolean
  /**
   * Who speaks for this agent in a browser, with a picture: `face` is Partyline's own; any other name is told to AVATAR_URL,
   * which sends a worker. Default: nobody, the agent is heard alone.
   */
  readonly avatar?: 'face' | (string & {})
  /** Functions that the model may call. */
  readonly tools?: readonly FunctionTool<z.ZodObject>[]
  /** Tools of MCP servers that this agent may use, by their names, with the settings of docs/tools.md; `{}` is as the server says. */
  readonly mcpTools?: Readonly<Record<string, object>>
  readonly mcpServers?: Readonly<Record<string, McpServerSettings>>
  readonly handOffs?: readonly HandOff[]
  /** Documents that were taken in with `partyline ingest`: all of them, or some. docs/knowledge.md tells of it. */
  readonly knowledge?: true | AgentKnowledge
  /** They look at what is said before it goes on, one after the other. `partyline/guard` has some that are ready. */
  readonly guards?: readonly Guard[]
  /**
   * Runs as the agent takes a call, at its beginning or by a hand-off, while the greeting is heard, for at most 5 s. What it
   * returns, the model is told as data, such as what is known of the caller.
   */
  onEnter?(call: AgentCall, signal: AbortSignal): string | undefined | Promise<string | undefined>
  /** Runs when the agent gives the call away, or it ends, for at most 5 s. */
  onLeave?(call: AgentCall, signal: AbortSignal): unknown
  /** How turns are taken. Default: as the settings PATIENCE and BARGE_IN say, and with drafts. */
  readonly policy?: {
    readonly patience?: 'phone' | 'quick'
    readonly bargeIn?: 'steady' | 'snappy'
    readonly draft?: boolean
  }
  readonly limits?: {
    /** Of one answer, between 30 and 1,000: what the model writes beyond it is not said. Default: 150. */
    readonly answerTokens?: number
  }
  readonly memory?: {
    /**
     * The agent remembers what callers want remembered for their next calls, after it has asked them. Default: it does not.
     */
    readonly callers?: boolean
    /**
     * From about how many tokens of a conversation on its older part is summed up for the model, beside the talk; false for
     * never. Default: 6,000.
     */
    readonly summary?: false | { readonly afterTokens: number }
  }
  /**
   * What sounds behind the agent: all the time, and while a tool runs. `office`, `typing` and `music` are made by Partyline; others are
   * WAV files of 16 bit, at most a minute long, seen from this file. Default: nothing.
   */
  readonly sounds?: {
    readonly background?: 'office' | (string & {})
    readonly thinking?: 'typing' | 'music' | (string & {})
    /** For callers who wait for a place on the telephone, between the words that tell them where they are in the queue. */
    readonly waiting?: 'music' | (string & {})
  }
  /**
   * It interprets between two calls, and answers nothing: what is said on one is said on the other in the language of that.
   * docs/translation.md tells of it.
   */
  readonly interprets?: {
    /** The language of the other person. What they hear is in `languages`. */
    readonly with: AgentLanguage
    /** The telephone numbers of the other person's line: who rings one joins by a code. */
    readonly numbers?: readonly string[]
    /** The other person's telephone number, which is rung as soon as the first person is there. */
    readonly rings?: string
  }
  /** The telephone numbers that this agent answers, such as `+4930123456`. Others are answered by the agent of AGENT. */
  readonly numbers?: readonly string[]
  /** A page or a SIP call may ask for it by its name. Default: only for the agent of AGENT, and for those with `numbers`. */
  readonly callable?: boolean
}

/** Types an agent; what it says is checked when the server starts. */
export const agent = (definition: AgentDefinition): AgentDefinition => definition
