import type { Settings } from '../config.ts'
import type { Clock } from '../conversation/ports.ts'
import type { Network } from '../network.ts'
import { askerOver } from './asking.ts'
import { type Finding, found } from './finding.ts'
import { keyChecks } from './keys.ts'
import { livekitCheck } from './livekit.ts'
import { localSpeechChecks } from './local-speech.ts'
import { clockFinding, databaseCheck, diskCheck } from './machine.ts'
import { publicUrlCheck } from './public-url.ts'
import { type Agreed, twilioCheck } from './twilio-number.ts'
import type { Upgrade } from './upgrade.ts'

export interface DoctorParts {
  readonly settings: Settings
  readonly clock: Clock
  readonly network: Network
  readonly upgrade: Upgrade
  /** Asks before the number's webhooks are set; undefined where nothing is to be changed. */
  readonly fix: Agreed | undefined
}

/** Looks at everything that calls need, at once, and tells in the same order always. Rejects on abort. */
export async function examined(parts: DoctorParts, signal: AbortSignal): Promise<readonly Finding[]> {
  const { settings, clock, network, upgrade, fix } = parts
  const asker = askerOver(network, clock)
  const checks = [
    diskCheck(settings),
    databaseCheck(settings, clock),
    ...keyChecks(settings, asker),
    ...localSpeechChecks(settings, clock),
    publicUrlCheck(settings, asker, upgrade),
    livekitCheck(settings, asker),
  ]
  const findings = await Promise.all(checks.map(check => found(check, clock, signal)))
  const number = await found(twilioCheck(settings, asker, fix), clock, signal, fix !== undefined)
  return [...findings.flat(), ...number, clockFinding(asker.skews())]
}
