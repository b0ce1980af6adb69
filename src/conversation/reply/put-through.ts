import type { ToolRunParts } from './tool-run.ts'

/**
 * Tells the caller that a person comes, and ends the conversation with the transfer. `by` did it: a tool, or the guard. False
 * where no person can be reached; then nothing happens.
 */
export function putThrough(
  { policy, journal, emit }: Pick<ToolRunParts, 'policy' | 'journal' | 'emit'>,
  by: string,
  { brief }: { readonly brief?: string | undefined },
): boolean {
  if (!policy.canTransfer) return false
  journal.append({ noted: { kind: 'to-person', by, ...(brief !== undefined && { brief }) } })
  emit({ kind: 'stopped', why: `${by} gives the call to a person`, next: 'transfer' })
  return true
}
