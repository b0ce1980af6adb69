import { z } from 'zod'
import { type WrittenCall, WrittenCalls } from './written-calls.ts'

const told = z.object({ error: z.object({ failed_generation: z.string() }) })

/** What a model wrote for a tool call that its server could not read, as Groq tells it; undefined for any other answer. */
export const failedGeneration = (value: unknown): string | undefined =>
  told.safeParse(value).data?.error.failed_generation

/** The calls of offered tools in such a text, which may begin with the tool's bare name. */
export function callsInFailed(generation: string, offered: ReadonlySet<string>): readonly WrittenCall[] {
  const written = new WrittenCalls(offered)
  written.push(generation.replace(/^\s*(?=[\w.-]+\s*\{)/, '<function='))
  return written.end().calls
}
