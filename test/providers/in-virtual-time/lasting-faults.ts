import type { Fault } from '../../../src/sandbox/faults.ts'
import type { StandIn } from '../../../src/sandbox/stand-in.ts'
import type { Opening } from './in-virtual-time.ts'

const OFTEN = 1_000

/**
 * Each utterance is a request of its own, which is sent once more where the server fails: so a fault lasts until it is taken
 * back. Between utterances nothing is open that could be flooded or ended.
 */
export async function lasting(opening: Promise<StandIn>): Promise<Opening> {
  const standIn = await opening
  let armed = 0
  const set = (faults: readonly Fault[]): void => {
    armed = faults.length
    standIn.faults.set(faults.map(fault => ({ ...fault, times: OFTEN })))
  }
  const left = () => {
    const unused = standIn.faults.left().filter(({ times }) => times === OFTEN)
    return armed === 0 ? [] : unused
  }
  return { standIn: { ...standIn, faults: { set, left } }, local: { ears: undefined, voice: undefined } }
}
