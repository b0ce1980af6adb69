/** What a process needs of the machine that it runs on: paths, places, languages, certificates, proxies. No setting of ours is among them. */
const NEEDED = [
  ...['PATH', 'HOME', 'USER', 'TMPDIR', 'TMP', 'TEMP', 'TZ', 'LANG', 'LC_ALL', 'LD_LIBRARY_PATH'],
  ...['NODE_OPTIONS', 'NODE_COMPILE_CACHE', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'],
  // Windows starts nothing without them.
  ...['SystemRoot', 'windir', 'APPDATA', 'LOCALAPPDATA', 'USERPROFILE'],
] as const

/** The environment of a process that this one starts: none of the keys that this one was given. */
export function childEnvironment(own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(NEEDED.flatMap(name => (own[name] === undefined ? [] : [[name, own[name]]])))
}
