/** What a LiveKit server on the loopback must know. */
export interface LivekitSettings {
  /** HTTP and the signalling WebSocket. */
  readonly port: number
  /** All media goes through this one port. */
  readonly udpPort: number
  readonly apiKey: string
  /** At least 32 letters: LiveKit wants as many. */
  readonly apiSecret: string
  /** Gets what happens in rooms, signed with the key. */
  readonly webhookUrl?: string | undefined
}

/**
 * LiveKit's configuration (YAML, of which JSON is a part). It listens on the loopback alone and names no other address to
 * clients. TCP is left out: its port would be open on all addresses, and the loopback loses no UDP.
 */
export function livekitConfig({ port, udpPort, apiKey, apiSecret, webhookUrl }: LivekitSettings): string {
  return JSON.stringify({
    port,
    bind_addresses: ['127.0.0.1'],
    keys: { [apiKey]: apiSecret },
    rtc: {
      node_ip: '127.0.0.1',
      use_external_ip: false,
      enable_loopback_candidate: true,
      interfaces: { includes: ['lo', 'lo0'] },
      udp_port: udpPort,
      tcp_port: 0,
    },
    logging: { level: 'warn', pion_level: 'error', json: false },
    ...(webhookUrl !== undefined && { webhook: { api_key: apiKey, urls: [webhookUrl] } }),
  })
}
