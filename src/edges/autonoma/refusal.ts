/** What the protocol answers where it does not do what it was asked. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
  }
}

export function badBody(message: string): Refusal {
  return new Refusal(400, 'INVALID_BODY', message);
}
