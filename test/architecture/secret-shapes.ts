/** What nothing here may look like, and one that does, in parts so that this file has none. Invented ones say that they are. */
export const secretShapes: readonly (readonly [what: string, pattern: RegExp, planted: string])[] = [
  ['a key of an AWS account', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, `AKIA${'Q7'.repeat(8)}`],
  [
    'a private key',
    /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[\w+/]{40}/,
    `-----BEGIN PRIVATE KEY-----\n${'Ab3/'.repeat(12)}`,
  ],
  [
    'a signed token',
    /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/,
    `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.${'c'.repeat(43)}`,
  ],
  ['a token of a Mercado Pago account', /\b(?:APP_USR|TEST)-\d{10,}-/, `APP_USR-${'1'.repeat(16)}-052010-abc`],
  ['a private key of a Conekta account', /\bkey_[A-Za-z0-9]{20,}\b/, `key_${'aB3'.repeat(8)}`],
  ['a token of a Telegram bot', /\b\d{8,10}:[\w-]{35}\b/, `123456789:${'A'.repeat(35)}`],
  ['a token of GitHub', /\bgh[pousr]_[A-Za-z0-9]{36}\b/, `ghp_${'a'.repeat(36)}`],
  [
    'a hash of a password that costs something',
    /\$2[aby]\$(?:1\d|[23]\d)\$[./A-Za-z0-9]{53}/,
    `$2b$12$${'a'.repeat(53)}`,
  ],
];

/** What no file of the project shows either; libraries do. */
export const ofThisPlace: typeof secretShapes = [
  ['an address with a login', /\b[a-z]+:\/\/[\w.%-]+:[^\s/@"'`${}]+@[\w.-]+/, `mysql://root:${'secret'}@db.example`],
  ['the packages` address', /"resolved"\s*:|registry\.\w+\.\w+|_auth[T]oken|^registry=/m, `registry.${'npmjs'}.org`],
  [
    'a path of somebody`s machine',
    /(?:^|[\s"'`(=:])(?:\/home|\/root|\/Users|\/work|[A-Z]:\\Users)[/\\]\w/m,
    ` /${'home'}/ana/pagos`,
  ],
];
