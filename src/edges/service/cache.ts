/** A body's bytes, ready to be sent. */
export interface Body {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
}

/** The bodies sent last; none of them ever changes under its name. */
export interface BodyCache {
  get(name: string): Body | undefined;
  put(name: string, body: Body): void;
}

export function openBodyCache(maxBytes: number): BodyCache {
  const kept = new Map<string, Body>();
  let newest = '';
  let size = 0;
  return {
    get(name) {
      const body = kept.get(name);
      if (!body || name === newest) return body;
      kept.delete(name);
      kept.set(name, body);
      newest = name;
      return body;
    },
    put(name, body) {
      if (kept.has(name) || body.bytes.length > maxBytes / 2) return;
      kept.set(name, body);
      newest = name;
      size += body.bytes.length;
      for (const [oldest, { bytes }] of kept) {
        if (size <= maxBytes) break;
        kept.delete(oldest);
        size -= bytes.length;
      }
    },
  };
}
