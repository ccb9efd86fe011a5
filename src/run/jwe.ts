import { createCipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/**
 * What Auth.js makes of a session's claims: a JWE (RFC 7516, `dir` with A256CBC-HS512), its key derived of the
 * secret and the cookie's name; NextAuth 4 takes A256GCM under a key of its own.
 */
export function encrypted(
  claims: object,
  { secret, cookie }: { secret: string; cookie: string },
): string {
  const isOld = cookie.includes('next-auth');
  const [salt, info, length] = isOld
    ? ['', 'NextAuth.js Generated Encryption Key', 32]
    : [cookie, `Auth.js Generated Encryption Key (${cookie})`, 64];
  const key = Buffer.from(hkdfSync('sha256', secret, salt, info, length));
  const head = encoded(JSON.stringify({ alg: 'dir', enc: isOld ? 'A256GCM' : 'A256CBC-HS512' }));
  const content = Buffer.from(JSON.stringify(claims));
  const { iv, text, tag } = isOld ? galois(key, head, content) : chained(key, head, content);
  return [head, '', iv, text, tag]
    .map((part) => (typeof part === 'string' ? part : encoded(part)))
    .join('.');
}

interface Sealed {
  readonly iv: Buffer;
  readonly text: Buffer;
  readonly tag: Buffer;
}

function galois(key: Buffer, head: string, content: Buffer): Sealed {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(head));
  const text = Buffer.concat([cipher.update(content), cipher.final()]);
  return { iv, text, tag: cipher.getAuthTag() };
}

/** RFC 7518, 5.2: the first half of the key signs, the second encrypts. */
function chained(key: Buffer, head: string, content: Buffer): Sealed {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', key.subarray(32), iv);
  const text = Buffer.concat([cipher.update(content), cipher.final()]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64BE(BigInt(head.length * 8));
  const mac = createHmac('sha512', key.subarray(0, 32));
  for (const part of [Buffer.from(head), iv, text, length]) mac.update(part);
  return { iv, text, tag: mac.digest().subarray(0, 32) };
}

function encoded(part: string | Buffer): string {
  return Buffer.from(part).toString('base64url');
}
