/** What a page's microphone gave and what its loudspeaker was given, on one clock: the loudest sample of each block, 0 to 1. */
export interface PageSounds {
  readonly blockMs: number
  readonly microphone: readonly number[]
  readonly loudspeaker: readonly number[]
}

/** A peak above -38 dBFS is a voice; below -55 dBFS nothing is heard. */
const VOICED = 10 ** (-38 / 20)
const AUDIBLE = 10 ** (-55 / 20)
/** Before an utterance the microphone was silent for so long. */
const APART_MS = 1_000
/** The agent was speaking when it was interrupted: it was heard within this time. */
const SPEAKING_MS = 250
/** A voice that was silent for so long has stopped. */
const STOPPED_MS = 300
const ANSWERED_WITHIN_MS = 5_000

export const isVoiced = (peak: number): boolean => peak > VOICED

/** The first and the last voiced block of each utterance. */
function utterancesIn({ microphone, blockMs }: PageSounds): readonly { readonly from: number; to: number }[] {
  const found: { from: number; to: number }[] = []
  for (const [block, peak] of microphone.entries()) {
    if (!isVoiced(peak)) continue
    const last = found.at(-1)
    if (last && (block - last.to) * blockMs < APART_MS) last.to = block
    else found.push({ from: block, to: block })
  }
  return found
}

const isSpoken = ({ loudspeaker, blockMs }: PageSounds, from: number): boolean =>
  loudspeaker.slice(Math.max(0, from - Math.ceil(SPEAKING_MS / blockMs)), from).some(isVoiced)

/** For each utterance over the agent: from its first voiced block until nothing of the agent is heard any more, in ms. */
export function interruptionsIn(sounds: PageSounds): readonly number[] {
  const { loudspeaker, blockMs } = sounds
  return utterancesIn(sounds)
    .filter(({ from }) => isSpoken(sounds, from))
    .map(({ from }) => {
      let last = from - 1
      for (let block = from; (block - last) * blockMs < STOPPED_MS && block < loudspeaker.length; block++)
        if ((loudspeaker[block] ?? 0) > AUDIBLE) last = block
      return (last + 1 - from) * blockMs
    })
}

/** For each utterance that was not spoken over the agent: from its last voiced block to the answer's first, in ms. */
export function answersIn(sounds: PageSounds): readonly number[] {
  const { loudspeaker, blockMs } = sounds
  return utterancesIn(sounds)
    .filter(({ from }) => !isSpoken(sounds, from))
    .flatMap(({ to }) => {
      const first = loudspeaker.slice(to).findIndex(isVoiced)
      return first === -1 || first * blockMs > ANSWERED_WITHIN_MS ? [] : [first * blockMs]
    })
}
