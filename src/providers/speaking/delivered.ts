import { type Delivery, possibleSpeed } from '../../conversation/delivery.ts'
import type { TextToSpeech } from '../../conversation/ports.ts'

/**
 * The same voice, speaking as its agent does, where a speech asks for nothing else, and at the call's pace: `pace` gives by how
 * much its speed is multiplied now.
 */
export function delivered(voice: TextToSpeech, own: Delivery = {}, pace: () => number = () => 1): TextToSpeech {
  return {
    ...(voice.keeps && { keeps: (piece, of) => voice.keeps?.(piece, of) ?? false }),
    get by() {
      return voice.by
    },
    speak(text, signal, of, how) {
      const speed = possibleSpeed((how?.speed ?? own.speed ?? 1) * pace())
      return voice.speak(text, signal, of, {
        ...(speed !== 1 && { speed }),
        get manner() {
          return how?.manner ?? own.manner
        },
      })
    },
  }
}
