import { createCipheriv, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';

/** 1 January 2100, in milliseconds. */
const UNTIL = Date.UTC(2100, 0, 1);

/**
 * What iron-session makes of a session: Iron's `Fe26.2` seal (AES-256-CBC under an HMAC, keys by PBKDF2 of the
 * password and a salt), and the version of its own format.
 */
export function sealed(session: object, password: string): string {
  const [salt, macSalt] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', keyOf(password, salt), iv);
  const content = Buffer.concat([cipher.update(JSON.stringify(session), 'utf8'), cipher.final()]);
  const text = [
    'Fe26.2',
    '1',
    salt,
    iv.toString('base64url'),
    content.toString('base64url'),
    UNTIL,
  ];
  const base = text.join('*');
  const mac = createHmac('sha256', keyOf(password, macSalt)).update(base).digest('base64url');
  return `${base}*${macSalt}*${mac}~2`;
}

function keyOf(password: string, salt: string): Buffer {
  return pbkdf2Sync(password, salt, 1, 32, 'sha1');
}
