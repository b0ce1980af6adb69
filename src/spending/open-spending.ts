import type { Logger } from 'pino'
import type { Settings } from '../config.ts'
import type { Clock } from '../conversation/ports.ts'
import { pricesFor } from '../costs/prices.ts'
import type { Database } from '../database/database.ts'
import { inBatches, type Purge } from '../operations/retention.ts'
import { callerSecrets } from '../records/caller-secrets.ts'
import { spendingOf } from './budgets.ts'
import { spentIn } from './spent.ts'

const ROWS_A_BATCH = 500

/** What calls cost, followed against the budgets of the settings. */
export async function openSpending(
  settings: Settings,
  clock: Clock,
  log: Logger,
  database: Database,
  onUnwritten: () => void,
) {
  const spending = spendingOf({
    ...{ clock, log, onUnwritten },
    budgets: {
      callUsd: settings.BUDGET_CALL_USD,
      callerDayUsd: settings.BUDGET_CALLER_DAY_USD,
      dayUsd: settings.BUDGET_DAY_USD,
    },
    spent: await spentIn(database, settings.BUDGET_DAY_USD !== undefined),
    prices: pricesFor(settings.models),
    zone: settings.TIME_ZONE,
    hashOf: callerSecrets(settings.RECORDS_SECRET).hashOf,
  })
  const purges: readonly Purge[] = [
    { what: 'costs of calls of earlier days', run: (_, pause) => inBatches(() => spending.tidy(ROWS_A_BATCH), pause) },
  ]
  return { ...spending, purges }
}
