import { styleText } from 'node:util'
import type { Latency, StoryEvent } from '../journal/story.ts'

type Style = Parameters<typeof styleText>[0]
/** Colours only on a terminal that wants them. */
const styled = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout })
const round = (ms: number): string => `${Math.round(ms)} ms`
/** Where what was said begins, behind the time and the speaker. */
const INDENT = ' '.repeat(17)

/** A line with its time, in seconds since the call began. */
export const timedLine = (atMs: number, line: string): string =>
  `${styled('dim', `${(atMs / 1_000).toFixed(1).padStart(5)} s`)}  ${line}`

export const callerLine = (said: string): string => `${styled('cyan', 'Caller')}  ${said}`

/** What an event of the story looks like on a terminal; an answer has a second line with its latency. */
export function storyLine(told: StoryEvent): string {
  switch (told.kind) {
    case 'caller':
      return callerLine(told.text)
    case 'agent': {
      const stopped = told.interrupted ? styled('yellow', ' — (stopped: the caller speaks)') : ''
      return `${styled('green', 'Agent')}   ${told.text}${stopped}${latencyLine(told.latency)}`
    }
    case 'tool': {
      const result = told.result.replace(`Result of ${told.name}: `, '')
      return styled('dim', `        [${told.name} ${told.arguments} → ${result} in ${round(told.tookMs)}]`)
    }
    case 'trouble':
      return styled('red', `        ! ${told.what}`)
    case 'ended':
      return styled('dim', `        (call over: ${told.why})`)
  }
}

function latencyLine(parts: Latency | undefined): string {
  if (!parts) return ''
  const { totalMs, turnEndMs, firstTokenMs, firstAudioMs } = parts
  const sum = `turn end ${round(turnEndMs)} + first token ${round(firstTokenMs)} + first audio ${round(firstAudioMs)}`
  return `\n${INDENT}${styled('dim', `${round(totalMs)} = ${sum}`)}`
}
