import { PrismaPg } from '@prisma/adapter-pg';
import { type Database, whileThere } from './connection.ts';
import { toDatabaseError } from './errors.ts';
import type { Prisma } from './generated/client.ts';

/**
 * Typed queries in one transaction, for one tenant's rows or, with null, for whatever the role may see. Used where the types help
 * and a millisecond more does not matter (five times the time of the same statement through pg).
 */
export async function withPrisma<Result>(
  db: Database,
  tenantId: string | null,
  work: (prisma: Prisma.TransactionClient) => Promise<Result>,
): Promise<Result> {
  try {
    db.prisma ??= openPrisma(db);
    const prisma = await db.prisma;
    return await whileThere(db, () =>
      prisma.$transaction(async (client) => {
        if (tenantId !== null) await client.$executeRaw`SELECT set_config('docusnap.tenant', ${tenantId}, true)`;
        return work(client);
      }),
    );
  } catch (error) {
    throw toDatabaseError(error);
  }
}

/** On the same connections as everything else. */
async function openPrisma(db: Database) {
  const { PrismaClient } = await import('./generated/client.ts');
  return new PrismaClient({ adapter: new PrismaPg(db.pool) });
}
