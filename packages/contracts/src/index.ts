export * from './doorbell.ts';
export * from './errors.ts';
export * from './job.ts';
export * from './key.ts';
export * from './limits.ts';
export * from './page-text.ts';
export * from './rest.ts';
