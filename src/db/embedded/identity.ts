import { open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Gives a freshly copied, cleanly stopped cluster a system identifier of its own, as initdb would have:
 * every copy of one cached initdb would otherwise answer `pg_control_system()` alike, and a stamp made on
 * one would pass on the other. It stands in `global/pg_control` (first eight bytes, under a CRC-32C) and
 * in the first page header of each WAL segment. Throws when the files aren't laid out as known.
 */
export async function giveIdentity(dataDir: string): Promise<string> {
  const controlPath = join(dataDir, 'global/pg_control');
  const control = await readFile(controlPath);
  const checksumAt = findChecksum(control);
  if (checksumAt === null) throw new Error('pg_control: no CRC-32C found');
  const former = control.readBigUInt64LE(0);
  const identity = newIdentity();
  control.writeBigUInt64LE(identity, 0);
  control.writeUInt32LE(crc32c(control.subarray(0, checksumAt)), checksumAt);
  await writeFile(controlPath, control);
  const wal = join(dataDir, 'pg_wal');
  const segments = (await readdir(wal)).filter((name) => /^[0-9A-F]{24}$/.test(name));
  for (const segment of segments) await renameSegment(join(wal, segment), former, identity);
  return identity.toString();
}

/** A segment's long page header holds the identifier at byte 24. */
async function renameSegment(path: string, former: bigint, identity: bigint): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const bytes = Buffer.alloc(8);
    await file.read(bytes, 0, 8, 24);
    if (bytes.readBigUInt64LE(0) !== former) return;
    bytes.writeBigUInt64LE(identity, 0);
    await file.write(bytes, 0, 8, 24);
  } finally {
    await file.close();
  }
}

/** initdb's own form: seconds, microseconds (20 bits), then 12 bits that tell simultaneous makers apart. */
function newIdentity(): bigint {
  const microseconds = BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000));
  const salt = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
  const seconds = microseconds / 1_000_000n;
  return (seconds << 32n) | ((microseconds % 1_000_000n) << 12n) | BigInt(salt & 0xfff);
}

/** The struct grows with versions; its checksum is where the checksum of all bytes before it stands. */
function findChecksum(control: Buffer): number | null {
  for (let at = 64; at <= 512; at += 4) {
    if (crc32c(control.subarray(0, at)) === control.readUInt32LE(at)) return at;
  }
  return null;
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}
