import type { Settings } from '../config.ts'
import type { Clock } from '../conversation/ports.ts'
import { admission, type Refusal } from './admission.ts'
import { inItsPlace } from './in-its-place.ts'
import { loopLag } from './loop-lag.ts'
import { ringLimits } from './ring-limits.ts'

type Limits = Pick<Settings, 'MAX_CALLS' | 'QUEUE_CALLS' | 'MAX_CALLS_PER_CALLER' | 'CALLER_CALLS_PER_HOUR'>

/** A server's admission by its settings, and the watch over its event loop. `refused` is told why of each call that is not taken. */
export function openAdmission(
  settings: Limits,
  clock: Clock,
  log: { warn(fields: object, message: string): void },
  refused: (why: Refusal) => void,
) {
  const lag = loopLag(clock, log)
  const calls = admission(settings.MAX_CALLS, clock, {
    ...{ isLate: lag.isLate, refused },
    mostWaiting: settings.QUEUE_CALLS,
    ofCaller: { mostAtOnce: settings.MAX_CALLS_PER_CALLER, mostAnHour: settings.CALLER_CALLS_PER_HOUR },
  })
  return {
    ...{ calls, lag, limits: ringLimits(clock) },
    inItsPlace: <Opening extends { readonly callId: string; readonly attempt: number }, Opened>(
      open: (opening: Opening) => Promise<Opened>,
    ) => inItsPlace(calls, open),
  }
}
