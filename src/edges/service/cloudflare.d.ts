declare module 'cloudflare:workers' {
  /** One durable step after the other; a step that is done is not done again. */
  export interface WorkflowStep {
    do<T>(name: string, options: object, work: () => Promise<T>): Promise<T>;
  }
  export class WorkflowEntrypoint<Env> {
    protected readonly env: Env;
    run(event: { readonly payload: { readonly job: string } }, step: WorkflowStep): Promise<void>;
  }
}

declare module '*.md' {
  const text: string;
  export default text;
}
