const SECRETS: readonly RegExp[] = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
  /\b(?:sk|pk|rk|ghp|gho|ghs|xox[abpr]|AKIA|AIza)[-_A-Za-z0-9]{16,}\b/g,
  /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+/g,
  /\b(?<scheme>[a-z][a-z0-9+]*:\/\/)[^\s/:@'"`]+:[^\s@'"`]+@/gi,
  /(?<name>\b\w*(?:secret|password|passwd|api_?key|token)\w*\s*[:=]\s*)(['"`])[^'"`\n]{6,}\2/gi,
];

/** Takes secrets out of text before it leaves the process: keys, tokens, passwords in URLs and assignments. */
export function redact(text: string): string {
  return SECRETS.reduce(
    (rest, pattern) =>
      rest.replace(pattern, (...args: unknown[]) => {
        const groups = args.at(-1) as Record<string, string> | string;
        const kept = typeof groups === 'object' ? (groups['scheme'] ?? groups['name'] ?? '') : '';
        return `${kept}[redacted]`;
      }),
    text,
  );
}
