/** Whether this host is the machine itself. */
export const loopback = (host: string): boolean => /^(?:localhost|::1|127(?:\.\d+){3})$/.test(host)

/** Whether an address is on this machine. What is no address of the web is left to other checks. */
export const isLocal = (text: string): boolean =>
  !/^https?:/.test(text) || !URL.canParse(text) || loopback(new URL(text).hostname.replace(/^\[|\]$/g, ''))
