import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Agent } from '../conversation/agent.ts'
import type { ToolSpec } from '../conversation/ports.ts'
import type { Policy } from '../conversation/turn/turn.ts'
import type { ModelsInForce } from '../costs/prices.ts'
import type { KeptCaller } from './caller-secrets.ts'

const ABOUT_VERSION = 1

/** What this server holds all calls with. */
export interface InForce {
  readonly versions: { readonly partyline: string; readonly node: string }
  /** By name, without secrets. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly models: ModelsInForce
  readonly voice: string
}

/** `about.json`: under what a call was held, written when it begins. */
export interface About extends InForce {
  readonly version: typeof ABOUT_VERSION
  readonly callId: string
  /** The first stream of the call in this folder: not 1 where another server held those before. */
  readonly attempt: number
  readonly agent: string
  readonly channel: string
  /** ISO 8601. */
  readonly startedAt: string
  readonly policy: Policy
  /** SHA-256 of the agent's instructions, and of each tool as the model is told of it. */
  readonly fingerprints: { readonly instructions: string; readonly tools: Readonly<Record<string, string>> }
  /** The caller's number, hashed and sealed; null where it is withheld or there is none. */
  readonly caller: KeptCaller | null
}

export interface Begun {
  readonly callId: string
  /** Counts the streams of this call from 1. */
  readonly attempt: number
  readonly agent: Agent
  readonly channelName: string
  readonly startedAt: Date
  readonly policy: Policy
  readonly tools: readonly ToolSpec[]
}

export function aboutOf(begun: Begun, inForce: InForce, caller: KeptCaller | undefined): About {
  const { callId, attempt, agent, channelName, startedAt, policy, tools } = begun
  return {
    version: ABOUT_VERSION,
    ...{
      callId,
      attempt,
      agent: agent.name,
      channel: channelName,
      startedAt: startedAt.toISOString(),
      policy,
      ...inForce,
    },
    fingerprints: {
      instructions: sha256(agent.instructions),
      tools: Object.fromEntries(tools.map(spec => [spec.name, sha256(JSON.stringify(spec))])),
    },
    caller: caller ?? null,
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const kept = z.object({
  attempt: z.number().int().positive().optional(),
  models: z
    .object({
      ...{ speechToText: z.string(), model: z.string(), sight: z.string() },
      providers: z
        .array(
          z.object({
            port: z.enum(['STT', 'LLM', 'TTS']),
            ...{ name: z.string(), title: z.string(), model: z.string() },
          }),
        )
        .optional(),
    })
    .optional(),
  caller: z.object({ hash: z.string(), sealed: z.string() }).nullish(),
})

/** What is needed again of an `about.json`, which may be older than this server, or broken. */
export function readAbout(content: unknown): z.infer<typeof kept> {
  const read = kept.safeParse(content)
  return read.success ? read.data : {}
}
