import { test } from 'node:test'
import { contractChecks } from 'partyline/contract'
import { inVirtualTime } from 'partyline/contract/in-virtual-time'
import { myEars } from './my-ears.ts'
import { openMyEarsStandIn } from './stand-in.ts'

/** Everything that ears must do, over these. `npm run test:examples` runs it; any other runner could as well. */
const subject = inVirtualTime<'STT'>({
  entry: myEars,
  standIn: ({ options }) => openMyEarsStandIn(options),
  has: { interims: false, flush: true, namesCall: false, endsUntold: true },
})
for (const { name, run } of contractChecks('STT', subject)) test(name, run)
