import { z } from 'zod';

/** The queues there are. One bell on a lane means "there is work in this lane", and nothing more. */
export const LANES = ['read', 'understand'] as const;
export type Lane = (typeof LANES)[number];

/** What a bell carries: the job it was rung for, for the log only. What is claimed is decided by PostgreSQL. */
export const Doorbell = z.object({ jobId: z.string().nullable() });
export type Doorbell = z.infer<typeof Doorbell>;
