export interface AzurePlace {
  /** http, https, ws or wss. */
  readonly baseUrl: string
  readonly region: string
}

/** The domain of the regions' services, as the default base URL names it. */
const OF_REGIONS = 'speech.microsoft.com'

/**
 * The address of a service. The domain of the region's services gets the region and the service before it; any other base is
 * that of a resource or of a container, and serves both.
 */
export function addressOf({ baseUrl, region }: AzurePlace, service: 'stt' | 'tts', path: string): URL {
  const url = new URL(baseUrl.replace(/^http/, 'ws'))
  if (url.hostname === OF_REGIONS) url.hostname = `${region}.${service}.speech.${domainOf(region)}`
  url.pathname = `${url.pathname.replace(/\/$/, '')}${path}`
  return url
}

/** The address of the list of voices. A resource's own domain has what belongs to voices below `/tts`; a region's does not. */
export function voicesAddressOf(place: AzurePlace): URL {
  const isRegions = new URL(place.baseUrl).hostname === OF_REGIONS
  const url = addressOf(place, 'tts', `${isRegions ? '' : '/tts'}/cognitiveservices/voices/list`)
  url.protocol = url.protocol.replace('ws', 'http')
  return url
}

/** China and the government of the USA have clouds of their own. */
function domainOf(region: string): string {
  if (region.startsWith('china')) return 'azure.cn'
  return region.startsWith('usgov') ? 'azure.us' : 'microsoft.com'
}
