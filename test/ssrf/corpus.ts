/** Forms in which the loopback's addresses are written so that a filter of strings does not see them. */
const LOOPBACK = [
  ...[
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0x7f.1',
    '017700000001',
    '0177.0.0.1',
  ],
  ...[
    '0177.0.0.01',
    '127.000.000.001',
    '127.0.0.1.',
    '0',
    '0.0.0.0',
    '127.127.127.127',
    '127.0.0.0x1',
    '0x7F.0x0.0x0.0x1',
  ],
  ...[
    '%31%32%37.0.0.1',
    '127%2e0%2e0%2e1',
    '１２７.０.０.１',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '127．0．0．1',
    '127｡0｡0｡1',
  ],
  ...['localhost', 'LOCALHOST', 'localhost.', 'foo.localhost', 'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ', 'loc%61lhost', 'localhost.localdomain'],
  ...['[::1]', '[::]', '[0:0:0:0:0:0:0:1]', '[0000::0001]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]'],
  ...[
    '[::ffff:0:127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '[fe80::1%25lo]',
    '[fe80::1%lo]',
  ],
  ...['[::1%25lo]', '[0:0:0:0:0:ffff:127.0.0.1]', '[::FFFF:7F00:0001]'],
] as const
/** Hosts of clouds that tell keys, and of networks that are not for strangers. */
const INSIDE = [
  ...[
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '[::ffff:169.254.169.254]',
    '169.254.170.2',
  ],
  ...['[fd00:ec2::254]', 'metadata.google.internal', 'metadata', 'metadata.goog.', '100.100.100.200', '192.0.0.192'],
  ...['10.0.0.1', '172.16.0.1', '192.168.0.1', '100.64.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '240.0.0.1'],
  ...[
    '[fc00::1]',
    '[fe80::1]',
    '[ff02::1]',
    'kubernetes.default.svc',
    'postgres',
    'router.lan',
    'db.internal',
    'nas.local',
  ],
  ...['printer.home.arpa', 'intra.corp', 'wpad.intranet', 'a.test', '[::ffff:10.0.0.1]', '[::ffff:192.168.0.1]'],
] as const
/** Names whose address somebody else chooses, and may choose anew between two questions. */
const REBINDING = [
  ...['127.0.0.1.nip.io', '7f000001.169-254-169-254.rbndr.us', 'localtest.me', 'spoofed.burpcollaborator.net'],
  ...['make-127.0.0.1-rebind-169.254-169.254-rr.1u.ms', 'lvh.me', '10.0.0.1.sslip.io', 'vcap.me'],
] as const

/** 200 URLs and more at which something answers that no stranger should reach: at this port of this machine, and elsewhere. */
export function privateUrls(port: number): readonly string[] {
  const own = LOOPBACK.flatMap(host => [`http://${host}:${port}/`, `https://${host}:${port}/latest/meta-data/`])
  const others = INSIDE.flatMap(host => [`http://${host}/latest/meta-data/iam/`, `https://${host}/`])
  const rebinding = REBINDING.map(host => `http://${host}:${port}/`)
  const at = `127.0.0.1:${port}`
  const confusing = [
    ...[`http://vendor.example@${at}/`, `http://vendor.example:443@${at}/`, `http://vendor.example%40${at}/`],
    ...[`http://${at}#@vendor.example/`, `http://${at}?@vendor.example/`, `http://${at}\\@vendor.example/`],
    ...[`http:${at}/`, `http:/${at}/`, `http:\\\\${at}\\`, `//${at}/`, `\\\\${at}\\`, `///${at}/`, `http:///${at}/`],
    ...[
      `HTTP://${at}/`,
      ` http://${at}/`,
      `http://${at}/ `,
      `\thttp://${at}/`,
      `ht\ntp://${at}/`,
      `http://${at}\r\nHost: x/`,
    ],
    ...[`http://${at}\u0000.vendor.example/`, `http://${at}%00.vendor.example/`, `http://${at}%23.vendor.example/`],
    ...[
      `http://user:password@${at}/`,
      `http://:@${at}/`,
      `http://@${at}/`,
      `ws://${at}/`,
      `wss://${at}/`,
      `ftp://${at}/x`,
    ],
    ...[
      `gopher://${at}/_GET%20/`,
      `dict://${at}/stats`,
      `ldap://${at}/`,
      `tftp://${at}/x`,
      `sftp://${at}/x`,
      `jar:http://${at}/!/`,
    ],
    ...[
      'file:///etc/passwd',
      'file://localhost/etc/passwd',
      'FILE:/etc/passwd',
      'file:\\\\127.0.0.1\\c$',
      'netdoc:///etc/hosts',
    ],
    ...[
      'data:application/json,{}',
      'data:text/html;base64,PGI+',
      'blob:null/1',
      'javascript:fetch(1)',
      'about:blank',
      'unix:/var/run/docker.sock',
    ],
    ...[`http+unix://%2Fvar%2Frun%2Fdocker.sock/containers/json`, `view-source:http://${at}/`, `url:http://${at}/`],
  ]
  return [...own, ...others, ...rebinding, ...confusing]
}
