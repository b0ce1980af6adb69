/** Deeper than a reader that calls itself should go by itself, and still a short message. */
function deep(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 ? [value] : { a: value }
  return value
}

/** What is put in the place of a value: other types, borders of numbers, and text that readers stumble over. */
export const HOSTILE_VALUES: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 0.5, -0.5, 1e-320, 1e308, -1e308, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 + 2],
  ...[
    '',
    ' ',
    '0',
    '-1',
    '1e9',
    '007',
    '1.5',
    'NaN',
    'Infinity',
    'null',
    'true',
    '[]',
    '{}',
    '٤٢',
    '４２',
    '999999999999999',
  ],
  ...[
    '\u0000',
    '\u001b[2J\u001b]0;x\u0007',
    '\r\n\r\n',
    '\n{"level":60,"msg":"forged"}\n',
    '\u2028',
    '\ufeff',
    '\u202e',
  ],
  ...[
    '\ud800',
    'x\udc00y',
    '\uffff',
    'e\u0301\u0301\u0301',
    '👩‍👩‍👧',
    '%00',
    '%s%n',
    '../../etc/passwd',
    '{{x}}',
    '$&',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '<a>&amp;',
    "'--",
    '"',
    '\\',
    '====',
    'AAA=A',
    '*',
    '-_-_',
  ],
  ...[
    'x'.repeat(300),
    'é'.repeat(5_000),
    'A'.repeat(70_000),
    '1'.repeat(400),
    Buffer.alloc(161, 0x7f).toString('base64'),
  ],
  ...[[], {}, [null], [[]], [{}], [1, '2', null], Array(3_000).fill(0), Array(500).fill({}), { length: 1e9 }],
  ...[{ toString: 1 }, { toJSON: 1 }, { type: null }, { constructor: { prototype: { a: 1 } } }],
  ...[JSON.parse('{"__proto__":{"isAdmin":true,"type":"x"}}'), deep(40), deep(1_200)],
  ...['2026-02-30', '2026-11-21T25:61:61Z', '+15550001234', 'file:///etc/passwd', 'http://169.254.169.254/', 'data:,x'],
]

/** Bytes that are put somewhere: bad UTF-8, borders of frames, and what looks like another message. */
export const HOSTILE_BYTES: readonly Buffer[] = [
  ...[
    [0],
    [0xff],
    [0xc0, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xe2, 0x82],
    [0x1b, 0x5b, 0x32, 0x4a],
  ].map(bytes => Buffer.from(bytes)),
  ...[
    '\n',
    '\r\n\r\n',
    '\n\n',
    'data: ',
    'data: [DONE]\n\n',
    'event: error\n',
    '{',
    '}',
    '"',
    ',',
    '[',
    ':',
    '\\u0000',
    '\\',
  ].map(text => Buffer.from(text)),
  ...[
    '0\r\n\r\n',
    'HTTP/1.1 200 OK\r\n\r\n',
    'null',
    '1e999',
    '{"error":{"message":"x"}}',
    '[]',
    'x'.repeat(4_000),
  ].map(text => Buffer.from(text)),
  Buffer.alloc(70_000, 'y'),
]

export const NAMES: readonly string[] = [
  ...['__proto__', 'constructor', 'toString', 'length', '', ' ', 'type', 'event', 'id', 'error', 'Ω', 'x'.repeat(200)],
]
