/** The two tones of each key, in Hz (ITU-T Q.23). */
const ROWS_HZ = [697, 770, 852, 941] as const
const COLUMNS_HZ = [1_209, 1_336, 1_477] as const
const KEYS = ['123', '456', '789', '*0#'] as const
const KEY_SECONDS = 0.12
/** What a caller hears while it rings: 2 s of every 6. */
const RING_HZ = [440, 480] as const
const RING_SECONDS = 2
const RING_EVERY_SECONDS = 6
const MOST_RINGS = 20
const LOUD = 0.06
const EDGE_SECONDS = 0.01

export function keyTones(key: string): readonly number[] {
  const row = KEYS.findIndex(keys => keys.includes(key))
  const column = KEYS[row]?.indexOf(key) ?? -1
  return [ROWS_HZ[row], COLUMNS_HZ[column]].filter(hz => hz !== undefined)
}

/** What a key sounds like to who presses it. The call itself gets no tone: the carrier tells of keys in messages. */
export const playKey = (context: BaseAudioContext, to: AudioNode, key: string): void => {
  beep(context, to, keyTones(key), context.currentTime, KEY_SECONDS)
}

/** The ringing tone, until what it returns is called. */
export function playRinging(context: BaseAudioContext, to: AudioNode): () => void {
  const stops = Array.from({ length: MOST_RINGS }, (_, ring) =>
    beep(context, to, RING_HZ, context.currentTime + ring * RING_EVERY_SECONDS, RING_SECONDS),
  )
  return () => {
    for (const stop of stops) stop()
  }
}

function beep(
  context: BaseAudioContext,
  to: AudioNode,
  tonesHz: readonly number[],
  fromSeconds: number,
  seconds: number,
): () => void {
  const gain = context.createGain()
  gain.gain.value = 0
  gain.gain.setTargetAtTime(LOUD, fromSeconds, EDGE_SECONDS / 3)
  gain.gain.setTargetAtTime(0, fromSeconds + seconds - EDGE_SECONDS, EDGE_SECONDS / 3)
  gain.connect(to)
  for (const frequency of tonesHz) {
    const tone = new OscillatorNode(context, { frequency })
    tone.connect(gain)
    tone.start(fromSeconds)
    tone.stop(fromSeconds + seconds + EDGE_SECONDS)
  }
  return () => gain.disconnect()
}
