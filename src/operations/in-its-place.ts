import type { Admission } from './admission.ts'

/**
 * Opens calls, and none without a place: from its opening on a call has one, and if it cannot be opened, the place is free
 * again. Throws an Error for a new call whose place went to another one, because its stream came too late.
 */
export function inItsPlace<Opening extends { readonly callId: string; readonly attempt: number }, Opened>(
  { begins, began, ended }: Pick<Admission, 'begins' | 'began' | 'ended'>,
  open: (opening: Opening) => Promise<Opened>,
): (opening: Opening) => Promise<Opened> {
  return async opening => {
    const { callId, attempt } = opening
    // One that goes on was begun somewhere already.
    if (attempt > 1) began(callId)
    else if (!begins(callId)) throw new Error('the stream came too late: its place was given to another call')
    try {
      return await open(opening)
    } catch (error) {
      ended(callId)
      throw error
    }
  }
}
