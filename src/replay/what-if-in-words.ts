import type { WhatIfReport, WhatIfSide, WhatIfTurn } from './report.ts'

/** A what-if as it is printed: each turn with both runs under each other. */
export function whatIfInWords(name: string, { turns, indicativeFromTurn, notes }: WhatIfReport): string {
  const changed = turns.filter(turn => turn.changed.length > 0).length
  const head = `${name}: ${turns.length} turns, ${changed === 0 ? 'none changed' : `${changed} changed`}`
  return [
    head,
    ...notes.map(note => `  note: ${note}`),
    ...turns.flatMap(turn => [
      ...(turn.turn === indicativeFromTurn
        ? ['  from here on only indicative: the caller answers something that is not said now']
        : []),
      ...turnInWords(turn),
    ]),
  ].join('\n')
}

function turnInWords({ turn, said, before, after, changed }: WhatIfTurn): readonly string[] {
  const head = `  ${turn}. ${JSON.stringify(said)}${changed.length === 0 ? '' : `  [${changed.join(', ')}]`}`
  if (changed.length === 0 && before) return [head, `     as before: ${sideInWords(before, CALL_ENDED)}`]
  return [
    head,
    `     before: ${sideInWords(before, CALL_ENDED)}`,
    `     now:    ${sideInWords(after, RECORDING_ENDED)}`,
  ]
}

/** What has ended where the answer was not heard to its end. */
const CALL_ENDED = 'the call ended'
const RECORDING_ENDED = 'the recording ended'

function sideInWords(side: WhatIfSide | null, whatEnded: string): string {
  if (!side) return 'no such turn'
  const { startMs, endOfTurnMs, latencyMs, heard, said, interrupted, ended, tools, from } = side
  const latency = latencyMs === null ? 'no answer' : `answered after ${latencyMs} ms`
  const called = tools.map(tool => `${tool.name} ${tool.arguments} → ${tool.result ?? 'nothing'}`)
  const unheard = heard === '' && said !== '' ? `nothing of ${JSON.stringify(said)}` : JSON.stringify(heard)
  return [
    `turn ${((endOfTurnMs - startMs) / 1_000).toFixed(2)} s, ${latency} (${from})`,
    ...called.map(call => `[${call}]`),
    `${unheard}${interrupted ? ' — cut' : ''}${ended ? ` — ${whatEnded}` : ''}`,
  ].join(' ')
}
