/** A panel of a dashboard, as terse as it can be said. */
export interface Panel {
  readonly title: string
  /** What it shows and when to worry, for the sign beside the title. */
  readonly about: string
  readonly kind: 'stat' | 'lines' | 'stacked' | 'bars'
  /** One of Grafana's units. */
  readonly unit: 's' | 'percentunit' | 'currencyUSD' | 'short' | 'bytes' | 'none'
  readonly decimals?: number
  /** In PromQL, with how each series is called. */
  readonly queries: readonly (readonly [promql: string, legend: string])[]
  /** From which values on it is yellow and red; falling where the second is smaller. */
  readonly bounds?: readonly [yellow: number, red: number]
  /** That it shows nothing but zeros is good news, even in a run with faults. */
  readonly restsAtZero?: boolean
}

export interface Board {
  readonly uid: string
  readonly title: string
  readonly about: string
  readonly panels: readonly Panel[]
}

const quantile = (q: number, metric: string, filter = '', by = '', range = '$__rate_interval'): string =>
  `histogram_quantile(${q}, sum by (${['le', by].filter(Boolean).join(', ')}) (rate(partyline_${metric}_bucket${filter}[${range}])))`
const mean = (metric: string, filter: string, by: string): string =>
  ['sum', 'count']
    .map(part => `sum by (${by}) (rate(partyline_${metric}_${part}${filter}[$__rate_interval]))`)
    .join(' / ')
/** In one bar: Grafana's rate interval is a bar and a scrape, so that each event is in one bar, and none between two. */
const rise = (metric: string, by = '', filter = '', range = '$__rate_interval'): string =>
  `sum${by && ` by (${by})`} (increase(partyline_${metric}${filter}[${range}]))`
const inAll = (metric: string, filter = '', by = ''): string => rise(metric, by, filter, '$__range')
const HEARD = '{stage="mouth_to_ear"}'
const FAILED = '{outcome=~"failed|killed"}'

const callers: Board = {
  uid: 'partyline-callers',
  title: 'Partyline: what callers experience',
  about: 'How long callers wait, how calls end, and how the line sounds.',
  panels: [
    {
      ...{ title: 'Median wait for an answer', kind: 'stat', unit: 's', decimals: 2, bounds: [0.9, 1.5] },
      about:
        'From the last sound of the caller to the first of the answer. People wait 0.2 s for each other; above a second they ask whether anybody is there.',
      queries: [[quantile(0.5, 'turn_seconds', HEARD, '', '$__range'), 'median']],
    },
    {
      ...{ title: '19 of 20 answers within', kind: 'stat', unit: 's', decimals: 2, bounds: [1.5, 3] },
      about: 'The 95th percentile of the same.',
      queries: [[quantile(0.95, 'turn_seconds', HEARD, '', '$__range'), 'p95']],
    },
    {
      ...{ title: 'Calls', kind: 'stat', unit: 'short', decimals: 0 },
      about: 'Calls that were over in this time.',
      queries: [[inAll('calls_total'), 'calls']],
    },
    {
      ...{ title: 'Calls that failed', kind: 'stat', unit: 'percentunit', decimals: 1, bounds: [0.01, 0.05] },
      about: 'Given up because of a fault, or cut with their server.',
      queries: [[`${inAll('calls_total', FAILED)} / ${inAll('calls_total')}`, 'failed']],
    },
    {
      ...{ title: 'Line quality (MOS)', kind: 'stat', unit: 'none', decimals: 1, bounds: [3.6, 3.1] },
      about: 'The median of the estimated opinion scores: 4 is good, 3.6 fair, 3.1 poor.',
      queries: [[quantile(0.5, 'quality_mos', '', '', '$__range'), 'MOS']],
    },
    {
      ...{ title: 'Wait for an answer', kind: 'lines', unit: 's' },
      about:
        'A rise of the median is a slower provider or an earlier pause; a rise of the 95th percentile alone is single slow answers. Dots are calls.',
      queries: [
        [quantile(0.5, 'turn_seconds', HEARD), 'median'],
        [quantile(0.95, 'turn_seconds', HEARD), 'p95'],
      ],
    },
    {
      ...{ title: 'Where the wait goes', kind: 'stacked', unit: 's' },
      about:
        'Means: waiting until the turn is over, for the model, and for the voice. Drafts hide the latter two in the first.',
      queries: [[mean('turn_seconds', '{stage=~"turn_end|first_token|first_audio"}', 'stage'), '{{stage}}']],
    },
    {
      ...{ title: 'How calls end', kind: 'bars', unit: 'short' },
      about: 'hung-up: by the caller; goodbye: by the agent; transferred: to a person; failed, killed: by a fault.',
      queries: [[`${rise('calls_total', 'outcome')} > 0`, '{{outcome}}']],
    },
    {
      ...{ title: 'Said over the agent, and what it was judged to be', kind: 'bars', unit: 'short' },
      about:
        'An interruption or a key takes the turn; a back-channel, an echo and a noise do not. Much of "wordless" is a noisy line.',
      queries: [[`${rise('overlaps_total', 'judged')} > 0`, '{{judged}}']],
    },
    {
      ...{ title: 'Tools, and what came of them', kind: 'bars', unit: 'short' },
      about: 'failed: threw, or took too long. What a tool itself refuses is done.',
      queries: [[`${rise('tool_calls_total', 'tool, outcome')} > 0`, '{{tool}} {{outcome}}']],
    },
    {
      ...{ title: 'Greeting and tools', kind: 'lines', unit: 's' },
      about: '95th percentile from the open line to the first sound, and of the runs of tools.',
      queries: [[quantile(0.95, 'turn_seconds', '{stage=~"greeting|tool"}', 'stage'), '{{stage}} p95']],
    },
    {
      ...{ title: 'Line quality', kind: 'lines', unit: 'none', decimals: 1 },
      about: 'The median and the worst tenth of each leg.',
      queries: [
        [quantile(0.5, 'quality_mos', '', 'leg'), '{{leg}} median'],
        [quantile(0.1, 'quality_mos', '', 'leg'), '{{leg}} worst tenth'],
      ],
    },
    {
      ...{ title: 'Sound of callers that was lost', kind: 'lines', unit: 'percentunit', restsAtZero: true },
      about: '95th percentile by channel. From 2 % on words go missing.',
      queries: [[quantile(0.95, 'line_loss_ratio', '', 'channel'), '{{channel}} p95']],
    },
    {
      ...{ title: 'Sound of callers that was late: jitter', kind: 'lines', unit: 's' },
      about: '95th percentile by channel. Above 30 ms a line begins to sound broken.',
      queries: [[quantile(0.95, 'line_jitter_seconds', '', 'channel'), '{{channel}} p95']],
    },
  ],
}

const providers: Board = {
  uid: 'partyline-providers',
  title: 'Partyline: providers',
  about: 'How quick and how reliable speech-to-text, the model, the voice and sight are.',
  panels: [
    {
      ...{ title: 'Failures', kind: 'stat', unit: 'short', decimals: 0, bounds: [1, 10] },
      about: 'That calls have met in this time.',
      queries: [[inAll('provider_failures_total'), 'failures']],
    },
    {
      ...{ title: 'Survived', kind: 'stat', unit: 'percentunit', decimals: 0, bounds: [0.9, 0.5] },
      about: 'The share of failures after which the call went on by itself.',
      queries: [[`${inAll('provider_failovers_total')} / ${inAll('provider_failures_total')}`, 'survived']],
    },
    {
      ...{ title: 'Requests that failed', kind: 'stat', unit: 'percentunit', decimals: 1, bounds: [0.01, 0.05] },
      about: 'Failures of the model and the voice for each request that had a result.',
      queries: [
        [
          `${inAll('provider_failures_total', '{kind=~"llm|tts"}')} / ${inAll('provider_seconds_count', '{kind=~"llm|tts"}')}`,
          'failed',
        ],
      ],
    },
    {
      ...{ title: 'Drafts that were used', kind: 'stat', unit: 'percentunit', decimals: 0, bounds: [0.5, 0.3] },
      about:
        'Answers begun before the turn was over. Each that is thrown away costs tokens; the others save the caller the wait.',
      queries: [[`${inAll('drafts_total', '{outcome="used"}')} / ${inAll('drafts_total')}`, 'used']],
    },
    {
      ...{ title: 'First result, median', kind: 'lines', unit: 's' },
      about: 'stt: final words after the last sound; llm: first text; tts: first sound; sight: one look.',
      queries: [[quantile(0.5, 'provider_seconds', '', 'kind, provider, model'), '{{kind}} {{provider}} {{model}}']],
    },
    {
      ...{ title: 'First result, 19 of 20 within', kind: 'lines', unit: 's' },
      about: 'The 95th percentile of the same. One provider that leaves the others is the one that callers wait for.',
      queries: [[quantile(0.95, 'provider_seconds', '', 'kind, provider, model'), '{{kind}} {{provider}} {{model}}']],
    },
    {
      ...{ title: 'Failures by provider and reason', kind: 'bars', unit: 'short' },
      about:
        'refused: a key is wrong; rate-limited: a quota is too small; timeout, server-error, connection: the provider is down.',
      queries: [[`${rise('provider_failures_total', 'provider, reason')} > 0`, '{{provider}} {{reason}}']],
    },
    {
      ...{ title: 'Went on by itself', kind: 'bars', unit: 'short' },
      about: 'With a new session of speech-to-text, an answer made again, or an apology from the disk.',
      queries: [[`${rise('provider_failovers_total', 'provider')} > 0`, '{{provider}}']],
    },
    {
      ...{ title: 'Taken for broken', kind: 'lines', unit: 'short', decimals: 0 },
      about: 'New requests go to the next provider, until a probe finds that this one works: on how many servers.',
      queries: [['sum by (kind, provider) (partyline_provider_broken) or vector(0)', '{{kind}} {{provider}}']],
      restsAtZero: true,
    },
    {
      ...{ title: 'Requests', kind: 'bars', unit: 'short' },
      about: 'That had a result.',
      queries: [[rise('provider_seconds_count', 'kind'), '{{kind}}']],
    },
    {
      ...{ title: 'Drafts', kind: 'bars', unit: 'short' },
      about: 'Used, and thrown away because the caller went on.',
      queries: [[rise('drafts_total', 'outcome'), '{{outcome}}']],
    },
  ],
}

const MINUTES = `(sum (increase(partyline_call_seconds_sum[RANGE])) / 60)`
const minutes = (range: string): string => MINUTES.replace('RANGE', range)

const money: Board = {
  uid: 'partyline-money',
  title: 'Partyline: money',
  about: 'What calls cost at list prices, of whom it is bought, and what nobody heard of it.',
  panels: [
    {
      ...{ title: 'Spent', kind: 'stat', unit: 'currencyUSD', decimals: 2 },
      about: 'In this time, at list prices.',
      queries: [[inAll('cost_usd_total'), 'USD']],
    },
    {
      ...{ title: 'A minute', kind: 'stat', unit: 'currencyUSD', decimals: 3, bounds: [0.07, 0.15] },
      about: 'Of the calls that were over. Three to seven cents are usual.',
      queries: [[`${inAll('cost_usd_total')} / ${minutes('$__range')}`, 'USD']],
    },
    {
      ...{ title: 'A call', kind: 'stat', unit: 'currencyUSD', decimals: 3 },
      about: 'Of the calls that were over.',
      queries: [[`${inAll('cost_usd_total')} / ${inAll('calls_total')}`, 'USD']],
    },
    {
      ...{ title: 'Wasted', kind: 'stat', unit: 'percentunit', decimals: 0, bounds: [0.2, 0.4] },
      about: 'The share of the cost of which callers heard nothing: drafts, and speech that was interrupted.',
      queries: [[`${inAll('cost_wasted_usd_total')} / ${inAll('cost_usd_total')}`, 'wasted']],
    },
    {
      ...{ title: 'Cost by vendor', kind: 'bars', unit: 'currencyUSD', decimals: 3 },
      about: 'The line is counted when its call is over, all else when it is used.',
      queries: [[`${rise('cost_usd_total', 'vendor')} > 0`, '{{vendor}}']],
    },
    {
      ...{ title: 'Share of each vendor', kind: 'stacked', unit: 'percentunit' },
      about: 'Of the cost since the servers began.',
      queries: [
        [
          'sum by (vendor) (partyline_cost_usd_total) / ignoring (vendor) group_left sum (partyline_cost_usd_total) > 0',
          '{{vendor}}',
        ],
      ],
    },
    {
      ...{ title: 'Wasted, by what', kind: 'bars', unit: 'currencyUSD', decimals: 4 },
      about:
        'draft: thrown away because the caller went on; unheard: made, and then the caller spoke. It is in the cost already.',
      queries: [[rise('cost_wasted_usd_total', 'what'), '{{what}}']],
    },
    {
      ...{ title: 'Minutes of calls', kind: 'bars', unit: 'short', decimals: 1 },
      about: 'Of the calls that were over, by channel.',
      queries: [['sum by (channel) (increase(partyline_call_seconds_sum[$__rate_interval])) / 60', '{{channel}}']],
    },
    {
      ...{ title: 'Length of calls', kind: 'lines', unit: 's', decimals: 0 },
      about: 'The median, and the tenth that is longest: those cost most.',
      queries: [
        [quantile(0.5, 'call_seconds'), 'median'],
        [quantile(0.9, 'call_seconds'), 'longest tenth'],
      ],
    },
  ],
}

const capacity: Board = {
  uid: 'partyline-capacity',
  title: 'Partyline: capacity',
  about: 'How full the servers are, and whether they keep up.',
  panels: [
    {
      ...{ title: 'Calls now', kind: 'stat', unit: 'short', decimals: 0 },
      about: 'On all servers.',
      queries: [['sum (partyline_active_calls)', 'calls']],
    },
    {
      ...{ title: 'Slots', kind: 'stat', unit: 'short', decimals: 0 },
      about: 'Calls that all servers take together.',
      queries: [['sum (partyline_call_slots)', 'slots']],
    },
    {
      ...{ title: 'Fullest in this time', kind: 'stat', unit: 'percentunit', decimals: 0, bounds: [0.7, 0.9] },
      about: 'The largest share of the slots that was in use. Above 70 % it is time for another server.',
      queries: [['max_over_time((sum (partyline_active_calls) / sum (partyline_call_slots))[$__range:15s])', 'in use']],
    },
    {
      ...{ title: 'Servers that take calls', kind: 'stat', unit: 'short', decimals: 0, bounds: [1, 0.5] },
      about: 'Ready ones. A server that drains is not.',
      queries: [['sum (partyline_ready)', 'ready']],
    },
    {
      ...{ title: 'Callers who were refused', kind: 'stat', unit: 'short', decimals: 0, bounds: [1, 10] },
      about: 'They heard that all lines are busy.',
      queries: [[inAll('refused_calls_total', '{reason=~"full|late|caller|stopping"}'), 'refused']],
    },
    {
      ...{ title: 'Calls and slots', kind: 'lines', unit: 'short', decimals: 0 },
      about:
        'By channel, who waits for a slot, what would fit, and how many servers take no more calls because they are late.',
      queries: [
        ['sum by (channel) (partyline_active_calls)', '{{channel}}'],
        ['sum (partyline_waiting_callers)', 'waiting'],
        ['sum (partyline_shedding_calls)', 'servers that are late and take no more'],
        ['sum (partyline_call_slots)', 'slots'],
      ],
    },
    {
      ...{ title: 'Refused, by reason', kind: 'bars', unit: 'short' },
      about:
        'full: all slots in use; late: the event loop was; caller: too many of one number; stopping: the server shuts down; unsigned: requests that the carrier did not make.',
      queries: [[`${rise('refused_calls_total', 'reason')} > 0`, '{{reason}}']],
    },
    {
      ...{ title: 'Frames of the agent: how late', kind: 'lines', unit: 's' },
      about: 'The line bridges 0.2 s. Above that callers hear gaps.',
      queries: [
        [quantile(0.5, 'frame_late_seconds'), 'median'],
        [quantile(0.99, 'frame_late_seconds'), 'p99'],
        [quantile(0.999, 'frame_late_seconds'), 'p99.9'],
      ],
    },
    {
      ...{ title: 'Event loop: how late', kind: 'lines', unit: 's' },
      about: 'The worst server. Above 0.1 s a processor has too little time for its calls.',
      queries: [['max by (quantile) (partyline_event_loop_lag_seconds)', '{{quantile}} quantile']],
    },
    {
      ...{ title: 'Processor time', kind: 'lines', unit: 'percentunit' },
      about: 'Of one core, by server. Calls share one thread; 70 % is full.',
      queries: [['rate(process_cpu_seconds_total{job=~".*partyline.*"}[$__rate_interval])', '{{instance}}']],
    },
    {
      ...{ title: 'Memory', kind: 'lines', unit: 'bytes' },
      about: 'Resident, by server. A call takes about a megabyte.',
      queries: [['process_resident_memory_bytes{job=~".*partyline.*"}', '{{instance}}']],
    },
    {
      ...{ title: 'Records that were lost', kind: 'bars', unit: 'short', restsAtZero: true },
      about:
        'Lines of journals and recordings that no disk and no database took. Anything above zero is a full disk or a database that is down.',
      queries: [[rise('records_lost_total', 'what'), '{{what}}']],
    },
  ],
}

export const BOARDS: readonly Board[] = [callers, providers, money, capacity]
