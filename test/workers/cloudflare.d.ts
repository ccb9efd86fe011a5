declare module 'cloudflare:workers' {
  /** The Worker's own default export, called as a request would call it. */
  export const exports: { default: { fetch(url: string, init?: RequestInit): Promise<Response> } };
}
