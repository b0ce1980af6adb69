import type { JournalLine } from '../../src/conversation/lines.ts'
import type { CostReport, Waste } from '../../src/costs/report.ts'
import { type CallSummary, QueryError, type Records } from '../../src/records/records.ts'

export interface MemoryCall {
  /** With the whole number. */
  readonly summary: CallSummary
  readonly lines: readonly JournalLine[]
  readonly audio?: ReadonlyMap<number, Uint8Array>
  readonly cost?: CostReport & { readonly wasted: Waste }
}

/** Records in memory. Everything that it is asked for a call is in `asked`. */
export function memoryRecords(given: readonly MemoryCall[]) {
  const calls = new Map(given.map(call => [call.summary.callId, call]))
  const asked: string[] = []
  const masked = (number: string | null) => number && `+1 ••• ••• ${number.slice(-4)}`
  const seen = ({ summary }: MemoryCall, sees: 'masked' | 'numbers'): CallSummary => ({
    ...summary,
    caller: sees === 'numbers' ? summary.caller : masked(summary.caller),
  })
  const find = (what: string, callId: string): MemoryCall | undefined => {
    asked.push(`${what} ${callId}`)
    return calls.get(callId)
  }
  const records: Records = {
    async list({ caller, most = 50, after, words }, sees) {
      if (after === 'broken') throw new QueryError('after: is no cursor of ours')
      asked.push(`list ${JSON.stringify({ caller, words, most })}`)
      const all = [...calls.values()].filter(({ summary }) => caller === undefined || summary.caller === caller)
      return { calls: all.slice(0, most).map(call => seen(call, sees)), next: null }
    },
    async get(callId, sees) {
      const call = find('get', callId)
      return call && seen(call, sees)
    },
    lines: async callId => find('lines', callId)?.lines,
    about: async callId => find('about', callId) && {},
    async audio(callId, attempt) {
      const bytes = find('audio', callId)?.audio?.get(attempt)
      if (!bytes) return undefined
      return {
        bytes: bytes.length,
        async *read(from, to) {
          for (let at = from; at < to; at += 1_000) yield bytes.subarray(at, Math.min(to, at + 1_000))
        },
      }
    },
    cost: async callId => find('cost', callId)?.cost,
    async setTags(callId, tags) {
      const call = find('tags', callId)
      if (call) calls.set(callId, { ...call, summary: { ...call.summary, tags } })
      return call !== undefined
    },
    async forgetCaller(e164) {
      const ids = [...calls.values()].filter(({ summary }) => summary.caller === e164).map(one => one.summary.callId)
      for (const id of ids) calls.delete(id)
      return { calls: ids, later: [] }
    },
  }
  return { records, asked }
}
