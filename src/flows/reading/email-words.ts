/** What signs are called, the longer names first. */
export const SIGNS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  en: [
    ...[
      ['at the rate of', '@'],
      ['at the rate', '@'],
      ['at sign', '@'],
      ['at symbol', '@'],
      ['under score', '_'],
      ['underscore', '_'],
    ],
    ...[
      ['underline', '_'],
      ['hyphen', '-'],
      ['dash', '-'],
      ['minus sign', '-'],
      ['minus', '-'],
      ['full stop', '.'],
      ['dot', '.'],
      ['period', '.'],
    ],
    ...[
      ['point', '.'],
      ['plus sign', '+'],
      ['plus', '+'],
      ['at', '@'],
    ],
  ] as [string, string][],
  de: [
    ...[
      ['klammeraffe', '@'],
      ['affenschwanz', '@'],
      ['at zeichen', '@'],
      ['ät', '@'],
      ['ett', '@'],
      ['et', '@'],
      ['at', '@'],
    ],
    ...[
      ['unterstrich', '_'],
      ['underscore', '_'],
      ['bindestrich', '-'],
      ['minus', '-'],
      ['strich', '-'],
      ['punkt', '.'],
      ['dot', '.'],
      ['plus', '+'],
    ],
  ] as [string, string][],
  es: [
    ...[
      ['arroba', '@'],
      ['guion bajo', '_'],
      ['guión bajo', '_'],
      ['barra baja', '_'],
      ['subguion', '_'],
      ['guion', '-'],
      ['guión', '-'],
    ],
    ...[
      ['menos', '-'],
      ['punto', '.'],
      ['dot', '.'],
      ['más', '+'],
    ],
  ] as [string, string][],
}
export const SAID: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  en: { '@': 'at', '.': 'dot', '-': 'dash', _: 'underscore', '+': 'plus' },
  de: { '@': 'ät', '.': 'Punkt', '-': 'Bindestrich', _: 'Unterstrich', '+': 'plus' },
  es: { '@': 'arroba', '.': 'punto', '-': 'guion', _: 'guion bajo', '+': 'más' },
}
/** Where nothing was said after the provider's name. */
export const PROVIDERS: Readonly<Record<string, string>> = {
  ...{
    gmail: 'gmail.com',
    googlemail: 'googlemail.com',
    hotmail: 'hotmail.com',
    yahoo: 'yahoo.com',
    outlook: 'outlook.com',
  },
  ...{
    icloud: 'icloud.com',
    aol: 'aol.com',
    gmx: 'gmx.de',
    web: 'web.de',
    proton: 'proton.me',
    protonmail: 'protonmail.com',
  },
}
export const KNOWN_HOSTS: ReadonlySet<string> = new Set([
  ...Object.values(PROVIDERS),
  ...[
    'gmx.net',
    'gmx.com',
    't-online.de',
    'yahoo.de',
    'yahoo.es',
    'hotmail.de',
    'hotmail.es',
    'outlook.de',
    'outlook.es',
    'live.com',
    'msn.com',
  ],
])
