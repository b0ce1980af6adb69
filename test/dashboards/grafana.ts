import type { Board, Panel } from './boards.ts'

const WIDTH = 24
const STAT_HEIGHT = 4
const CHART = { w: 12, h: 8 }
// biome-ignore lint/suspicious/noTemplateCurlyInString: it is Grafana's.
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' }

interface Place {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

/** The figures in one row above, and the charts in two columns below. */
export function placesOf({ panels }: Board): readonly Place[] {
  const stats = panels.filter(({ kind }) => kind === 'stat').length
  const w = Math.floor(WIDTH / stats)
  const charts = panels.length - stats
  return panels.map(({ kind }, i): Place => {
    if (kind === 'stat') {
      const isLast = i === stats - 1
      return { x: i * w, y: 0, w: isLast ? WIDTH - i * w : w, h: STAT_HEIGHT }
    }
    const at = i - stats
    const isAlone = at === charts - 1 && charts % 2 === 1
    const place = { ...CHART, x: (at % 2) * CHART.w, y: STAT_HEIGHT + Math.floor(at / 2) * CHART.h }
    return isAlone ? { ...place, w: WIDTH } : place
  })
}

function stepsOf({ bounds }: Panel) {
  if (!bounds) return [{ color: 'text', value: null }]
  const [yellow, red] = bounds
  return red > yellow
    ? [
        { color: 'green', value: null },
        { color: 'yellow', value: yellow },
        { color: 'red', value: red },
      ]
    : [
        { color: 'red', value: null },
        { color: 'yellow', value: red },
        { color: 'green', value: yellow },
      ]
}

const CUSTOM = {
  stat: {},
  lines: { drawStyle: 'line', lineWidth: 2, fillOpacity: 5, spanNulls: true, stacking: { mode: 'none', group: 'A' } },
  stacked: {
    drawStyle: 'line',
    lineWidth: 1,
    fillOpacity: 50,
    spanNulls: true,
    stacking: { mode: 'normal', group: 'A' },
  },
  bars: { drawStyle: 'bars', lineWidth: 0, fillOpacity: 80, stacking: { mode: 'normal', group: 'A' } },
} as const

/** What is bad is red, and what is good is green, whatever else is there. */
const COLOURED = [
  ['/^(failed|killed|wasted|unheard|full|lines|recording)$| failed$/', 'red'],
  ['/^(goodbye|used)$/', 'green'],
].map(([options, fixedColor]) => ({
  matcher: { id: 'byRegexp', options },
  properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }],
}))

function panelOf(panel: Panel, id: number, gridPos: Place) {
  const { title, about, kind, unit, decimals, queries } = panel
  const isStat = kind === 'stat'
  return {
    ...{ id, title, description: about, type: isStat ? 'stat' : 'timeseries', datasource: DATASOURCE, gridPos },
    // A bar has a few scrapes at least.
    ...(kind === 'bars' && { interval: '1m' }),
    targets: queries.map(([expr, legendFormat], i) => ({
      ...{ refId: String.fromCharCode(65 + i), datasource: DATASOURCE, expr, legendFormat },
      ...(isStat ? { instant: true } : { range: true, exemplar: expr.includes('_bucket') }),
    })),
    fieldConfig: {
      defaults: {
        ...{ unit, ...(decimals !== undefined && { decimals }) },
        ...(!isStat && { min: 0, custom: CUSTOM[kind] }),
        color: { mode: isStat ? 'thresholds' : 'palette-classic' },
        thresholds: { mode: 'absolute', steps: stepsOf(panel) },
      },
      overrides: isStat ? [] : COLOURED,
    },
    options: isStat
      ? { colorMode: 'value', graphMode: 'none', reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false } }
      : {
          legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
          tooltip: { mode: 'multi', sort: 'desc' },
        },
  }
}

/** The dashboard as Grafana imports it. */
export function grafanaJson(board: Board): string {
  const { uid, title, about, panels } = board
  const places = placesOf(board)
  const dashboard = {
    ...{ uid, title, description: about, tags: ['partyline'], schemaVersion: 39, editable: true, graphTooltip: 1 },
    ...{ refresh: '30s', time: { from: 'now-6h', to: 'now' }, timezone: 'browser' },
    links: [{ type: 'dashboards', title: 'Partyline', tags: ['partyline'], asDropdown: true, keepTime: true }],
    templating: {
      list: [{ name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', current: {} }],
    },
    panels: panels.map((panel, i) => panelOf(panel, i + 1, places[i] ?? { x: 0, y: 0, w: WIDTH, h: STAT_HEIGHT })),
  }
  return `${JSON.stringify(dashboard, null, 2)}\n`
}
